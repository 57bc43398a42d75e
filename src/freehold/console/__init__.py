"""The console: everything that who is signed in does with their account and their organizations, in a browser.

It is an edge on top of all slices, beside the API: its pages call their operations. It is no slice itself, for the
frame around each page (where you are, where you can go) belongs to none of them.
"""
