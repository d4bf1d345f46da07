"""The goods' way in stories that several of them tell: bought, arrived, inspected, put away, noticed, shipped, received."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.pages import Desk, Office


def components_are_ordered(office: Office, number: str) -> None:
    """罗静 buys what stock does not cover, supplier by supplier; 曹建平 approves, 罗静 sends."""
    luo, cao = office.as_person("luojing"), office.as_person("caojianping")
    made = []
    while True:
        luo.go("/procurement/demand/")
        rows = luo.main.locator("tbody tr", has_text=number)
        if not rows.count():
            break
        supplier = luo.page.locator("#by-supplier")
        name = rows.first.locator("[data-label=供应商]").inner_text().split(" ")[0].split("\xa0")[0].strip()
        supplier.select_option(label=next(o for o in supplier.locator("option").all_inner_texts() if o.endswith(name)))
        luo.main.get_by_role("button", name="筛选").click()
        luo.fine()
        for box in rows.get_by_role("checkbox").all():
            box.check()
        for price in rows.locator("[name^=price_]").all():
            price.fill("180")
        luo.main.locator("[data-key-main]").click()
        luo.told("采购单已生成").state("草稿")
        made.append(luo.page.url)
    assert len(made) >= 2
    for url in made:
        cao.go(url).act("批准").state("已批准")
        luo.go(url).act("发给供应商").state("已发出")


def components_arrive(office: Office, number: str) -> None:
    """罗静 records what the suppliers brought; it is blocked until 吴桂兰 has inspected it."""
    luo = office.as_person("luojing")
    luo.go("/procurement/?state=sent")
    urls = [link.get_attribute("href") for link in luo.main.locator("table.rows tbody a").all()]
    assert urls
    for index, url in enumerate(urls):
        luo.go(str(url))
        while luo.main.get_by_role("link", name="登记到货").count():
            luo.follow("登记到货")
            first = luo.field("物料").locator("option").first.inner_text()
            luo.fill({"数量": first.split(" · ")[1].split(" ")[0], "送货单号": f"SN-{index}"}).submit("登记到货")
        luo.state("已到货")


def inspected_and_put_away(office: Office) -> None:
    """吴桂兰 accepts everything that waits, 钱春梅 puts it into the store."""
    wu, qian = office.as_person("wuguilan"), office.as_person("qianchunmei")
    for desk, path, label in ((wu, "/quality/inspections/", "登记检验结果"), (qian, "/inventory/put-aways/", "入库")):
        desk.go(path)
        urls = [link.get_attribute("href") for link in desk.main.locator("table.rows tbody a").all()]
        assert urls, path
        for url in urls:
            desk.go(str(url)).follow(label)
            if desk is wu:
                desk.fill({"合格数量": desk.main.locator(".pairs b").inner_text().split("\xa0")[0].replace(",", "")})
            else:
                desk.fill({"库位": "C-01"})
            desk.submit(label)
        desk.go(path)
        expect(desk.main.locator("table.rows")).to_have_count(0)


def noticed(yan: Desk, number: str, quantities: dict[int, int], leaves: str, *, proposed: dict[int, int] | None = None) -> str:
    """严芳 issues the notice for these quantities per line; what is `proposed` (the same, unless said) stands there already.

    Returns the shipment's address.
    """
    yan.order(number).panel("shipping").get_by_role("link", name="下达发货通知").click()
    yan.fine()
    fields = yan.main.locator("div[id^=div_id_q_] input")
    for line in range(1, fields.count() + 1):
        field = fields.nth(line - 1)
        expect(field).to_have_value(str((proposed or quantities).get(line, "")))
        field.fill(str(quantities.get(line, "")))
    yan.fill({"计划发货日": leaves}).submit("下达发货通知")
    return yan.page.url


def shipped(office: Office, url: str) -> None:
    """钱春梅 picks and packs, 田伟 verifies as the second person, 郑大伟 sends it off."""
    qian, zheng = office.as_person("qianchunmei"), office.as_person("zhengdawei")
    qian.go(url).follow("拣货装箱")
    for box in qian.main.get_by_role("checkbox").all():
        box.check()
    qian.submit("拣货装箱").state("已拣货")
    tian = office.as_person("tianwei")
    tian.go(url).follow("复核")
    for box in tian.main.get_by_role("checkbox").all():
        box.check()
    tian.submit("复核").state("已复核")
    zheng.go(url).act("发出", 运输方式="自有车", 车辆="浙A·6K218", 司机="金永康").state("在途")
    expect(zheng.main).to_contain_text("田伟")


def received(clerk: Desk, url: str) -> None:
    """The clerk records the customer's receipt."""
    clerk.go(url).act("登记回执", 回执签收人="王工", 货物状况="完好齐全").state("已签收")
