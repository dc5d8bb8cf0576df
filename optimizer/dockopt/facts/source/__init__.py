"""What the source of the application says: imports, programs, files, and what they come to.

`module` holds what one Python module says, `reading` finds it with libcst, `layout` says which file
is which module, `commands` and `entry_points` what starts, and `closure` what that reaches.
"""
