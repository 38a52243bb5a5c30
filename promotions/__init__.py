"""Campaigns, offers, coupons; one pure evaluator.

Empty until its issue is built; its place in the layers is fixed already.
"""
