#!/bin/sh
# Runs one request on the repository that you stand in, to its report:   quick-start.sh "Build a REST API"
# In a folder without a repository one is made first, with a commit of the files that are there. All that it does is
# `coppice run --init`; options of that go before or after the request. Where COPPICE_API_URL is set, the job runs at that server.
set -eu
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd -P)
if [ $# -eq 0 ]; then
    echo "Say what is to be done: $0 \"Build a REST API with authentication\"" >&2
    exit 2
fi
exec "$here/coppice" run --init "$@"
