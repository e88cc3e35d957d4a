"""Answers as files: what people take away."""
