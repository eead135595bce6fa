"""The rules directory: every fault has its place, and what is right is loaded whole."""
