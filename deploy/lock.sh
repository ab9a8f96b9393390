#!/bin/sh
# Resolves every pyproject.toml again and pins what comes out, with hashes. Run through `make lock`.
#   requirements.lock             the workshop: all services and the tools
#   shared/requirements.lock      what every image has
#   services/*/requirements.lock  what the image of a service has
#   deploy/build.lock             what builds our own packages, and is in no image
# The workshop is resolved first; the others take its versions.
set -eu
cd "$(dirname "$0")/.."
overrides=$(mktemp)
trap 'rm -f "$overrides"' EXIT
# openapi-python-client, a tool, shall not hold back what the services run on; the tests generate a client with it.
printf '%s\n' "belltower @ file://$PWD/shared" typer >"$overrides"
export UV_FIND_LINKS=
lock() { # OUTPUT INPUT...
    output=$1; shift
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
        --no-header --no-annotate --no-emit-package belltower --override "$overrides" "$@" --output-file "$output"
}
lock requirements.lock shared/pyproject.toml services/*/pyproject.toml deploy/local/pyproject.toml \
    --group pyproject.toml:build --group pyproject.toml:dev
lock deploy/build.lock --constraint requirements.lock --group pyproject.toml:build
lock shared/requirements.lock --constraint requirements.lock shared/pyproject.toml
for service in api scheduler dialer carrier cli; do
    lock "services/$service/requirements.lock" --constraint requirements.lock \
        shared/pyproject.toml "services/$service/pyproject.toml"
done
