"""Refusals of this room."""

from __future__ import annotations

from callcenter.kit.errors import AppError


class WrongSignIn(AppError):
    """Says neither which of the two is wrong nor whether the login exists."""

    code, status = "wrong_sign_in", 401
    zh = "登录名或密码不正确，请检查后重试。"
    en = "The login or the password is wrong. Check both and try again."


class CrossSite(AppError):
    code, status = "cross_site", 403
    zh = "该请求来自其他网站，已被拒绝。请在本系统的页面中操作；如通过代理访问，请将 PUBLIC_URL 设为浏览器中的地址。"
    en = (
        "This request came from another site and was refused. Use this system's own pages; behind a proxy, set "
        "PUBLIC_URL to the address shown in the browser."
    )


class LastAdministrator(AppError):
    code, status = "last_administrator", 409
    zh = "这是最后一位在用的管理员，不能停用或更改其角色。请先指定另一位管理员。"
    en = "This is the last active administrator and cannot be deactivated or given another role. Name another first."


class LoginTaken(AppError):
    code, status = "login_taken", 409
    zh = "“{field}”：登录名“{login}”已被使用，请换一个。"
    en = "'{field}': the login '{login}' is already taken. Choose another."

    def __init__(self, *, login: str) -> None:
        super().__init__(field="login", login=login)
