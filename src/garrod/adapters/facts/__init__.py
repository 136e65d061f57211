"""Call facts: what a file said over the genes, kept so that later packs need no file."""
