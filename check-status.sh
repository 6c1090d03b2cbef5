#!/bin/sh
# Shows where a job stands:   check-status.sh JOB
# Without a job it lists all of the repository that you stand in. All that it does is `coppice status`.
set -eu
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd -P)
exec "$here/coppice" status "$@"
