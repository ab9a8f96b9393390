#!/bin/sh
# Makes a client from the API's description, and checks its types together with its example. Run through `make clients`.
#   clients/generate.sh python|typescript
set -eu
cd "$(dirname "$0")/.."
bin=$PWD/.venv/bin npm=$PWD/deploy/npm.sh
cd "clients/$1"
mkdir -p build
"$bin/python" -m belltower_api.openapi build/openapi.json

quietly() { # COMMAND...: shows what it says when it fails
    "$@" >build/log 2>&1 || { cat build/log; exit 1; }
}

case $1 in
python)
    PATH=$bin:$PATH quietly openapi-python-client generate --path build/openapi.json --config config.yaml --meta none \
        --output-path build/belltower_client --overwrite --fail-on-warning
    MYPYPATH=build quietly "$bin/mypy" --strict --cache-dir ../../.mypy_cache build/belltower_client example.py
    ;;
typescript)
    # npm writes the first of these files when it has installed what the second one says.
    [ node_modules/.package-lock.json -nt package-lock.json ] || quietly "$npm" ci
    quietly "$npm" run generate
    quietly "$npm" run check
    ;;
esac
