from django.http import HttpResponse
def page_was_open_too_long(r, reason=""): return HttpResponse()
