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
curl -sS --fail-with-body -X POST "$COPPICE_API_URL/api/v1/orchestrate" \
    -H "X-API-Key: $COPPICE_API_KEY" -H "Content-Type: application/json" \
    -d "{\"request\": \"Build $folder\", \"plan\": {\"goal\": \"Build $folder\", \"tasks\": [$tasks]}}"
echo
