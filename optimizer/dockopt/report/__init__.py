"""Reports on a rewrite: the changelog as text, Markdown and JSON, the summary, the diff."""
