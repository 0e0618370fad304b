"""Puts, searches, reads and draws traces with boto3, as a program written for AWS would; prints what came back."""

import json
import sys
from datetime import datetime, timedelta, timezone

import boto3
from botocore.exceptions import ClientError

xray = boto3.client("xray", endpoint_url=sys.argv[1], region_name="eu-west-1")
now = datetime.now(timezone.utc)
begin = int(now.timestamp()) - 60


def document(number):
    return json.dumps(
        {
            "id": f"{number:016x}",
            "trace_id": f"1-{begin:08x}-{number:024x}",
            "name": "python-shop",
            "start_time": begin + number / 1000,
            "end_time": begin + number / 1000 + 0.5,
            "fault": number % 10 == 0,
            "annotations": {"number": number},
        }
    )


for first in range(0, 250, 50):
    xray.put_trace_segments(TraceSegmentDocuments=[document(first + each) for each in range(50)])
refused = xray.put_trace_segments(TraceSegmentDocuments=["{}"])["UnprocessedTraceSegments"]

window = {"StartTime": now - timedelta(minutes=5), "EndTime": now + timedelta(minutes=5)}
pages = list(xray.get_paginator("get_trace_summaries").paginate(**window))
faults = list(
    xray.get_paginator("get_trace_summaries").paginate(**window, TimeRangeType="Event", FilterExpression="fault")
)
ids = [summary["Id"] for page in faults for summary in page["TraceSummaries"]]
traces = xray.batch_get_traces(TraceIds=ids[:5])["Traces"]
graph = xray.get_service_graph(**window)
try:
    xray.get_trace_summaries(**window, FilterExpression="fault AND")
    error = None
except ClientError as caught:
    error = caught.response["Error"]
try:
    xray.get_group(GroupName="none")
    modelled = False
except xray.exceptions.InvalidRequestException:
    modelled = True

print(
    json.dumps(
        {
            "refused": refused[0]["ErrorCode"],
            "pages": [len(page["TraceSummaries"]) for page in pages],
            "start": pages[0]["TraceSummaries"][0]["StartTime"].isoformat(),
            "faults": len(ids),
            "documents": [json.loads(trace["Segments"][0]["Document"])["name"] for trace in traces],
            "services": [[service["Name"], service["SummaryStatistics"]["TotalCount"]]
                         for service in graph["Services"] if service.get("Type") != "client"],
            "error": error,
            "modelled": modelled,
            "newest": begin + 0.249,
        }
    )
)
