"""The one collection schema, in the two shapes that the engines need."""

from __future__ import annotations

from pymilvus import CollectionSchema, DataType, MilvusClient

from core.index.limits import TAGS, TEXT_BYTES


def schema(dimension: int, *, server: bool) -> CollectionSchema:
    """Key, tenant, vector, and what filters.

    A server partitions by tenant and keeps tags as an array. Milvus Lite gets one string of tag tokens:
    its arrays are filtered row by row in Python (30 ms for a thousand rows, against 2 ms).
    ``priced`` stands in for a nullable price, which servers before 2.5 don't have.
    """
    made = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    made.add_field("key", DataType.VARCHAR, max_length=96, is_primary=True)
    made.add_field("tenant", DataType.VARCHAR, max_length=16, is_partition_key=server)
    made.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
    made.add_field("category", DataType.VARCHAR, max_length=TEXT_BYTES)
    made.add_field("price", DataType.DOUBLE)
    made.add_field("priced", DataType.BOOL)
    if server:
        made.add_field("tags", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=TAGS, max_length=TEXT_BYTES)
    else:
        made.add_field("tags", DataType.VARCHAR, max_length=TAGS * 18)
    made.add_field("metadata", DataType.JSON)
    return made
