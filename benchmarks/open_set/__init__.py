"""Is what nobody taught refused?"""
