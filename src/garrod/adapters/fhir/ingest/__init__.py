"""Takes what others send into the record: resources, Bundles, messages of the NHS, NDJSON.

bytes -> checked -> Parcel (what is to be stored, how each part is recognised) -> one transaction
"""
