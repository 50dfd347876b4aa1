"""The same assessment with boto3 and 50 threads: the usual quick script."""
import json, os, resource, sys
from concurrent.futures import ThreadPoolExecutor

try:
    import boto3
    from botocore.config import Config
except ImportError:
    sys.exit(77)

client = boto3.client("kms", config=Config(max_pool_connections=50))
arns = [key["KeyArn"] for page in client.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 1000}) for key in page["Keys"]]
list(client.get_paginator("list_aliases").paginate(PaginationConfig={"PageSize": 100}))

def assess(arn):
    key = client.describe_key(KeyId=arn)["KeyMetadata"]
    if key["KeyManager"] != "CUSTOMER" or key["KeySpec"] != "SYMMETRIC_DEFAULT" or key["Origin"] != "AWS_KMS":
        return 0
    status = client.get_key_rotation_status(KeyId=arn)
    client.get_key_policy(KeyId=arn)
    client.list_resource_tags(KeyId=arn)
    return int(key["KeyState"] == "Enabled" and not status["KeyRotationEnabled"])

with ThreadPoolExecutor(50) as pool:
    print(sum(pool.map(assess, arns)))
usage = resource.getrusage(resource.RUSAGE_SELF)
with open(os.environ["KEYTURN_BENCH_USAGE"], "w") as file:
    json.dump({"userCPUTime": usage.ru_utime * 1e6, "systemCPUTime": usage.ru_stime * 1e6, "maxRSS": usage.ru_maxrss}, file)
