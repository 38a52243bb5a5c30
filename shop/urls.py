"""stub."""
urlpatterns = []
