"""What stands before every door: headers, rates, and how large and how slow a request may be."""
