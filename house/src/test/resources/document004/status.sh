curl http://localhost:8000/api/v1/jobs/abc123/status
