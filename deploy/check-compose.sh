#!/usr/bin/env bash
# Brings all containers up beside whatever else runs (a project, volumes and ports of its own), and holds them to what they
# promise: they become healthy, the end-to-end tests pass through the gateway, campaigns survive the death of anything, and
# SIGTERM ends every process within 30 s with 0 and leaves no message unacknowledged. Leaves nothing behind.
set -euo pipefail
cd "$(dirname "$0")/.."

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])'; }

export COMPOSE_PROJECT_NAME=belltower-check-$$
export COMPOSE_PROGRESS=plain COMPOSE_ANSI=never
export BELLTOWER_CARRIER=simulated
BELLTOWER_PORT=$(free_port) RABBITMQ_MANAGEMENT_PORT=$(free_port)
export BELLTOWER_PORT RABBITMQ_MANAGEMENT_PORT
export BELLTOWER_URL=http://127.0.0.1:$BELLTOWER_PORT
operator=operator:${RABBITMQ_OPERATOR_PASSWORD:-operator}

say() { printf '\n=== %s ===\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

tidy_up() {
    local code=$?
    trap - EXIT
    if [ $code -ne 0 ]; then
        docker compose ps --all || true
        docker compose logs --tail 40 || true
    fi
    docker compose down --volumes --remove-orphans --rmi local --timeout 10 >/dev/null 2>&1 || true
    exit $code
}
trap tidy_up EXIT

field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
call() { curl --silent --show-error --fail-with-body --header "Authorization: Bearer $BELLTOWER_API_KEY" "$@"; }
unacknowledged() { # messages in the hands of consumers, of both queues
    curl --silent --fail --user "$operator" "http://127.0.0.1:$RABBITMQ_MANAGEMENT_PORT/api/queues/belltower?disable_stats=true&enable_queue_totals=true" |
        python3 -c 'import json, sys; print(sum(queue["messages_unacknowledged"] for queue in json.load(sys.stdin)))'
}

new_campaign() { # CONTACTS -> the campaign's id
    python3 -c 'import json, sys
numbers = [f"+1202555{number:04d}" for number in range(100, 100 + int(sys.argv[1]))]
print(json.dumps({"name": "Check", "welcome_message": "Hello.", "phone_numbers": numbers, "concurrency": 20}))' "$1" |
        call --json @- "$BELLTOWER_URL/api/campaigns" | field id
}

taker_of() { # CAMPAIGN -> the container of the dialer that took it over
    local id
    for id in $(docker compose ps --quiet dialer); do
        if docker logs "$id" 2>&1 | grep "$1" | grep --quiet campaigns_taken; then echo "$id"; fi
    done
}

nobody_was_rung_twice() { # for one attempt, says the carrier
    docker compose exec -T carrier python - <<'PYTHON'
import collections, json, urllib.request
page = urllib.request.urlopen("http://127.0.0.1:8080/_simulator/calls?limit=10000").read()
calls = collections.Counter(call["attempt_id"] for call in json.loads(page)["items"])
twice = [attempt for attempt, times in calls.items() if times > 1]
print(f"{len(calls)} calls, {len(twice)} of them placed twice")
raise SystemExit(bool(twice))
PYTHON
}

carrier_behaves() { # METHOD [BEHAVIOUR]: as docs/simulated-carrier.md says
    docker compose exec -T carrier python - "$@" <<'PYTHON'
import sys, urllib.request
method, behaviour = sys.argv[1], "".join(sys.argv[2:]).encode() or None
urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:8080/_simulator/behaviour", behaviour, method=method))
PYTHON
}

status_becomes() { # CAMPAIGN STATUS SECONDS
    local now=
    for _ in $(seq "$3"); do
        now=$(call "$BELLTOWER_URL/api/campaigns/$1" | field status)
        [ "$now" = "$2" ] && return
        sleep 1
    done
    fail "campaign $1 is $now after $3 s, not $2"
}

say "Building and starting"
docker compose up --build --detach --wait --quiet-pull

say "The end-to-end tests, through the gateway"
account=$(docker compose run --rm -T migrate create-account "Example Ltd" --email ada@example.com \
    --caller-id +14155550100 --balance 100.00 --json)
BELLTOWER_API_KEY=$(field api_key <<< "$account") BELLTOWER_EMAIL=$(field email <<< "$account")
BELLTOWER_PASSWORD=$(field password <<< "$account")
export BELLTOWER_API_KEY BELLTOWER_EMAIL BELLTOWER_PASSWORD
carrier_behaves PUT '{"ring_seconds": [0.05, 0.1], "talk_seconds": [0.1, 0.3]}' # as the tests have it
make --no-print-directory test-e2e
carrier_behaves DELETE

say "The gateway, attacked"
.venv/bin/pytest --quiet tests/hostile/gateway.py

say "A dialer is killed while it dials; four carry on"
docker compose up --detach --wait --no-recreate --scale dialer=4
campaign=$(new_campaign 100)
status_becomes "$campaign" processing 10
owner=$(taker_of "$campaign")
[ -n "$owner" ] || fail "no dialer says that it took campaign $campaign"
docker kill --signal KILL "$owner" >/dev/null
status_becomes "$campaign" completed 120
nobody_was_rung_twice || fail "somebody was rung twice"
docker start "$owner" >/dev/null # what `docker kill` ended is not restarted by the engine

say "Broker, database, scheduler and carrier are killed, one after the other"
for victim in rabbitmq postgres scheduler carrier; do
    id=$(docker compose ps --quiet "$victim")
    docker kill --signal KILL "$id" >/dev/null
    docker start "$id" >/dev/null
    until call "$BELLTOWER_URL/readyz" >/dev/null 2>&1; do sleep 0.5; done
    began=$SECONDS
    status_becomes "$(new_campaign 2)" completed 60
    printf 'after the death of %s a campaign took %d s\n' "$victim" $((SECONDS - began))
done
nobody_was_rung_twice || fail "somebody was rung twice"

say "SIGTERM, in the middle of a campaign"
status_becomes "$(new_campaign 100)" processing 10
began=$SECONDS
docker compose stop --timeout 30 gateway api scheduler dialer carrier
printf 'stopped in %d s\n' $((SECONDS - began))
for id in $(docker compose ps --all --quiet gateway api scheduler dialer carrier migrate); do
    docker inspect --format '{{.Name}} exited with {{.State.ExitCode}}' "$id"
    [ "$(docker inspect --format '{{.State.ExitCode}}' "$id")" = 0 ] || fail "a process did not end well"
done
[ "$(unacknowledged)" = 0 ] || fail "messages were left unacknowledged"

say "Passed"
