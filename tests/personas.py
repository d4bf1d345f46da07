"""The people of the demo group as tests call them, by job and name. Each is an Actor with all posts that they hold on MONDAY_9AM."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.actor import Actor
from organization.models import Person, actor_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY_9AM = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)


def person(username: str) -> Callable[..., Any]:
    @pytest.fixture
    def found(db: None) -> Actor:
        return actor_of(Person.objects.get(username=username), MONDAY_9AM)

    return found


# the sales company
clerk_zhou = person("zhoumin")
clerk_lin = person("linxiaoyan")
salesperson_he = person("hewenbin")
salesperson_tang = person("tangliang")
quoter_ye = person("yejingyi")
documents_clerk_chen = person("chenjiayi")
sales_head_gu = person("gujianguo")
finance_sun = person("sunyaqin")
finance_head_zhong = person("zhongmingyuan")
aftersales_ma = person("majunjie")
aftersales_head_liang = person("liangyongqiang")
sales_manager_jiang = person("jiangzhigang")
# the headquarters
order_manager_yan = person("yanfang")
transport_zheng = person("zhengdawei")
driver_jin = person("jinyongkang")
freight_auditor_su = person("suwanqing")
group_manager_lin = person("linguodong")
administrator_gao = person("gaoxiangyu")
# switchgear (KG); most of them hold the same post in complete sets (CT)
manager_fang = person("fangzhiyuan")
deputy_song = person("songlixin")
production_manager_lu = person("luhaifeng")
planner_he = person("hexiao")
equipment_engineer_cai = person("caiguoqing")
controller_shen = person("shenli")
design_head_han = person("hanlei")
designer_peng = person("pengyu")
workshop_head_zhao = person("zhaoliqun")
operator_hu = person("hudayong")
# complete sets (CT)
manager_ding = person("dingweimin")
design_head_ren = person("renzhiwen")
workshop_head_feng = person("fengqiang")
# in several product companies
buyer_luo = person("luojing")
purchasing_head_cao = person("caojianping")
inspector_wu = person("wuguilan")
quality_head_yuan = person("yuanhongmei")
store_keeper_qian = person("qianchunmei")
store_head_xue = person("xueminghui")
packer_tian = person("tianwei")
# transformers (BY), components (YJ), metalwork (JS)
manager_xiong = person("xiongjianhua")
manager_shao = person("shaoguoping")
production_manager_shi = person("shidaqing")
production_manager_luj = person("lujianjun")
controller_bai = person("baixueying")
design_head_qin = person("qinhao")
store_keeper_wei = person("weixiulan")
workshop_head_pan = person("panguohua")
