"""The transforms that come with dockopt, one a module."""
