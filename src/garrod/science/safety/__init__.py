"""What speaks for or against a medicine beside the genes, as rows that functions reason over."""
