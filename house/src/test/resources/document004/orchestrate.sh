curl -X POST http://localhost:8000/api/v1/orchestrate \
  -H "Content-Type: application/json" \
  -H "X-API-Key: your-api-key" \
  -d '{
    "request": "Build a complete e-commerce site with frontend and backend",
    "config": {
      "max_workers": 5,
      "enable_recursion": true,
      "max_recursion_depth": 2
    }
  }'
