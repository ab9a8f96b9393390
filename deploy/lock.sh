#!/bin/sh
# Resolves every pyproject.toml again and pins what comes out, with hashes: requirements.lock for the workshop
# (all services and the tools), services/*/requirements.lock for each image. Run through `make lock`.
set -eu
cd "$(dirname "$0")/.."
lock() { # OUTPUT INPUT...
    output=$1; shift
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
        --no-header --no-annotate --no-emit-package belltower "$@" --output-file "$output"
}
export UV_FIND_LINKS=
cat >"${overrides:=$(mktemp)}" <<EOF
belltower @ file://$PWD/shared
EOF
lock requirements.lock --override "$overrides" shared/pyproject.toml services/*/pyproject.toml deploy/local/pyproject.toml \
    --group pyproject.toml:build --group pyproject.toml:dev
for service in api scheduler dialer carrier; do
    lock "services/$service/requirements.lock" --override "$overrides" --constraint requirements.lock \
        shared/pyproject.toml "services/$service/pyproject.toml" --group pyproject.toml:build
done
rm -f "$overrides"
