"""The steps by which a record's schema came to be; never changed once released."""
