"""Uploads arrays, trains a line on them, follows the curve and asks the model. DESCENT_URL and DESCENT_TOKEN say where.

    curl -O $DESCENT_URL/sdk/python/descent.py
    python3 train.py
"""

from descent import Client

rows = [(row % 20 / 20, row // 20 / 10) for row in range(200)]
client = Client()
data = client.upload("line from Python", {"x": [list(row) for row in rows], "y": [2 * a - b + 1 for a, b in rows]})
print(data)

job = client.submit(
    name="a line from Python",
    model={
        "inputs": {"x": {"shape": [2]}},
        "layers": [{"type": "dense", "units": 1, "name": "line"}],
        "loss": {"type": "meanSquaredError", "labels": "y"},
    },
    data={"dataset": data.id, "validation": {"ratio": 0.1}},
    training={"epochs": 30, "batchSize": 20, "optimizer": {"type": "sgd", "learningRate": 0.3}},
)
for point in job.stream():
    if point.split == "validation":
        print(point)
job.wait()
print(job)
print("2·1 − 1 + 1 is about", job.predict(inputs={"x": [[1, 1]]})["outputs"][0])
