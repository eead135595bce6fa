"""How fast, beside what people would use instead; nothing here is shipped. See benchmarks/README.md."""
