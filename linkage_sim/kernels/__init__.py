"""Bulk arithmetic on the columns of residents, compiled, community by community.

A kernel gets arrays and a seed and fills arrays; it knows no actor and no policy.
"""
