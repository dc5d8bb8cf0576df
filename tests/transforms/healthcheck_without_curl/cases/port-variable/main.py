"""Stands for an application that serves pages."""
