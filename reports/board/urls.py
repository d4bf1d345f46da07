"""The board for people, and under an address of its own the one for screens: their cookie goes nowhere else."""

from django.urls import path

from reports.board import views

app_name = "board"
urlpatterns = [
    path("board/", views.home, name="home"),
    path("board/<slug:code>/", views.company_board, name="company"),
    path("board/<slug:code>/<slug:what>/", views.company_rows, name="rows"),
    path("wall/", views.screen, name="screen"),
    path("wall/<str:token>", views.enter, name="enter"),
]
