"""The words on labels and buttons, as shoppers read them: the shop's contract with whoever drives it from outside."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """One language's words."""

    code: str
    prefix: str
    main_navigation: str
    tableware: str
    ink: str
    show_products: str
    teapot: str
    size: str
    add_to_cart: str
    quantity: str
    added: str
    cart: str
    checkout: str
    email: str
    name: str
    phone: str
    province: str
    city: str
    district: str
    street: str
    problem: str
    to_delivery: str
    express: str
    to_review: str
    place_order: str
    place_order_narrow: str
    pay_amount: str
    pay: str
    decline: str
    leave: str
    failed: str
    waiting: str
    other_method: str
    thanks: str
    see_order: str
    order_number: str
    order_email: str
    find_order: str
    code_subject: str
    code_label: str
    show_order: str
    mail_code: str
    my_data: str
    pack: str
    download: str
    delete_account: str
    erasure_subject: str
    to_be_deleted: str
    keep_account: str
    account_stays: str
    packing: str
    shipped: str
    confirmed_subject: str
    shipped_subject: str
    username: str
    password: str
    log_in: str
    orders: str
    ship: str
    carrier: str
    tracking: str
    account: str
    create_account: str
    create: str
    agree: str
    check_mail: str
    activation_subject: str
    confirm_email: str
    confirm: str
    sign_in: str
    email_or_username: str
    greeting: str
    my_orders: str
    to_ship: str
    forgot: str
    send_link: str
    reset_subject: str
    new_password: str
    choose_password: str
    set_password: str
    password_changed: str
    sign_out: str
    profile: str
    person_name: str
    save_changes: str
    changes_saved: str
    choose_picture: str
    save_picture: str
    picture_saved: str
    time_zone: str
    change_email: str
    new_email: str
    current_password: str
    pending: str
    email_change_subject: str
    email_leaving_subject: str
    addresses: str
    add_address: str
    paste: str
    fill_in: str
    show_choice: str
    save_address: str
    address_saved: str
    use_address: str
    save_anyway: str
    delete_address: str


ENGLISH = Words(
    code="en",
    prefix="",
    main_navigation="Main",
    tableware="Tableware",
    ink="Ink",
    show_products="Show",
    teapot="Side-handle stoneware teapot, matte ink glaze",
    size="600 ml",
    add_to_cart="Add to cart",
    quantity="Quantity",
    added="Added to cart",
    cart="Cart",
    checkout="Checkout",
    email="Email",
    name="Full name",
    phone="Mobile number",
    province="Province",
    city="City",
    district="District",
    street="Street and house number",
    problem="There is a problem",
    to_delivery="Continue to delivery",
    express="SF Express",
    to_review="Continue to review",
    place_order="Place order and pay CN¥",
    place_order_narrow="Place order",
    pay_amount="Pay CN¥",
    pay="Pay",
    decline="Decline",
    leave="Leave",
    failed="Payment failed",
    waiting="Waiting for payment",
    other_method="Choose another method",
    thanks="Thank you, your order is placed",
    see_order="See the order",
    order_number="Order number",
    order_email="Email used for the order",
    find_order="Find order",
    code_subject="is your code for order {number}",
    code_label="6-digit code",
    show_order="Show the order",
    mail_code="Mail me a code",
    my_data="My data",
    pack="Pack my data",
    download="Download",
    delete_account="Delete my account",
    erasure_subject="is your code to delete your",
    to_be_deleted="Your account will be deleted on",
    keep_account="Keep my account",
    account_stays="Your account stays",
    packing="We are packing your order",
    shipped="On its way to you",
    confirmed_subject="Order {number} confirmed",
    shipped_subject="Order {number} is on its way",
    username="Username",
    password="Password",
    log_in="Log in",
    orders="Orders",
    ship="Ship",
    carrier="Carrier",
    tracking="Tracking number",
    account="Account",
    create_account="Create an account",
    create="Create account",
    agree="I agree to the terms and the privacy policy",
    check_mail="Check your email",
    activation_subject="Confirm your email for",
    confirm_email="Confirm your email",
    confirm="Confirm",
    sign_in="Sign in",
    email_or_username="Email or username",
    greeting="Hello {name}",
    my_orders="My orders",
    to_ship="To ship",
    forgot="Forgot your password?",
    send_link="Send reset link",
    reset_subject="Reset your",
    new_password="New password",
    choose_password="Choose a new password",
    set_password="Set new password",
    password_changed="Your password was changed",
    sign_out="Sign out",
    profile="Profile",
    person_name="Full name",
    save_changes="Save changes",
    changes_saved="Changes saved",
    choose_picture="Choose a picture",
    save_picture="Save picture",
    picture_saved="Picture saved",
    time_zone="Time zone",
    change_email="Change email",
    new_email="New email",
    current_password="Current password",
    pending="Waiting for confirmation",
    email_change_subject="Confirm your new email",
    email_leaving_subject="is to be changed",
    addresses="Addresses",
    add_address="Add a new address",
    paste="Paste an address",
    fill_in="Fill in the form",
    show_choice="Show the fields for this choice",
    save_address="Save address",
    address_saved="Address saved",
    use_address="Use this address",
    save_anyway="Save anyway",
    delete_address="Delete",
)
CHINESE = Words(
    code="zh-Hans",
    prefix="/zh-hans",
    main_navigation="主导航",
    tableware="餐具",
    ink="墨色",
    show_products="查看",
    teapot="侧把粗陶茶壶 哑光墨釉",
    size="600 毫升",
    add_to_cart="加入购物车",
    quantity="数量",
    added="已加入购物车",
    cart="购物车",
    checkout="去结算",
    email="邮箱",
    name="收货人姓名",
    phone="手机号码",
    province="省/直辖市",
    city="城市",
    district="区/县",
    street="详细地址",
    problem="提交内容有误",
    to_delivery="下一步：配送方式",
    express="顺丰速运",
    to_review="下一步：确认订单",
    place_order="提交订单并支付 ¥",
    place_order_narrow="提交订单",
    pay_amount="确认支付 ¥",
    pay="付款",
    decline="拒绝付款",
    leave="离开",
    failed="付款失败",
    waiting="等待付款",
    other_method="更换支付方式",
    thanks="下单成功",
    see_order="查看订单",
    order_number="订单号",
    order_email="下单邮箱",
    find_order="查询订单",
    code_subject="是您查询订单 {number} 的验证码",
    code_label="6 位验证码",
    show_order="查看订单",
    mail_code="发送验证码到邮箱",
    my_data="我的数据",
    pack="打包我的数据",
    download="下载",
    delete_account="注销我的账户",
    erasure_subject="是您注销",
    to_be_deleted="您的账户将于",
    keep_account="保留账户",
    account_stays="账户已保留",
    packing="商家备货中",
    shipped="包裹正在路上",
    confirmed_subject="订单 {number} 付款成功",
    shipped_subject="订单 {number} 已发货",
    username="用户名",
    password="密码",
    log_in="登录",
    orders="订单",
    ship="发货",
    carrier="快递公司",
    tracking="运单号",
    account="我的账户",
    create_account="注册新账户",
    create="注册",
    agree="我已阅读并同意服务条款与隐私政策",
    check_mail="请查收邮件",
    activation_subject="请验证您的邮箱",
    confirm_email="验证邮箱",
    confirm="确认",
    sign_in="登录",
    email_or_username="邮箱或用户名",
    greeting="{name}，您好",
    my_orders="我的订单",
    to_ship="待发货",
    forgot="忘记密码？",
    send_link="发送重置链接",
    reset_subject="重置您的密码",
    new_password="新密码",
    choose_password="设置新密码",
    set_password="设置新密码",
    password_changed="您的密码已修改",
    sign_out="退出登录",
    profile="个人资料",
    person_name="姓名",
    save_changes="保存修改",
    changes_saved="修改已保存",
    choose_picture="选择图片",
    save_picture="保存头像",
    picture_saved="头像已保存",
    time_zone="时区",
    change_email="更改邮箱",
    new_email="新邮箱",
    current_password="当前密码",
    pending="等待确认",
    email_change_subject="请确认新邮箱",
    email_leaving_subject="的邮箱将被更改",
    addresses="收货地址",
    add_address="新增地址",
    paste="粘贴地址自动识别",
    fill_in="识别并填写",
    show_choice="显示所选地区的选项",
    save_address="保存地址",
    address_saved="地址已保存",
    use_address="使用该地址",
    save_anyway="仍然保存",
    delete_address="删除",
)
