#!/bin/sh
# Starts a job with a task for each part, as an agent does whose own task is too big for one:
#   start-job.sh services/auth api database tests
# The agent may end then: it is told when the job has, and goes on with what that brought.
set -eu
folder=$1
shift
tasks=
for part; do
    id=$(echo "$folder/$part" | tr / .)
    tasks="$tasks${tasks:+,}{\"id\":\"$id\",\"description\":\"Write the $part of $folder.\"}"
done
# Everybody on a machine sees the arguments of a program, so the key is none of them.
printf 'X-API-Key: %s\n' "$COPPICE_API_KEY" |
    curl -sS --fail-with-body -H @- -H "Content-Type: application/json" "$COPPICE_API_URL/api/v1/orchestrate" \
    -d "{\"request\": \"Build $folder\", \"plan\": {\"goal\": \"Build $folder\", \"tasks\": [$tasks]}}"
echo
