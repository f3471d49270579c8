"""The place: people, institutions and money that a policy finds and does not choose."""

from typing import Annotated, Literal

from pydantic import Field

from linkage_sim.scenario.fields import (
    CATEGORIES,
    ByAge,
    Section,
    assumption,
    setting,
)

CategoryName = Literal[
    "elder_care",
    "child_family",
    "health",
    "hardship",
    "employment",
    "culture",
    "environment",
    "mediation",
]
assert CategoryName.__args__ == CATEGORIES  # type: ignore[attr-defined]

CENSUS = "Seventh census 2020, Shaanxi and Xi'an bulletins"


class Register(Section):
    """Where a register of real residents lies; it is read when the world is built; its rows are kept nowhere."""

    path: str = Field(title="File")
    sha256: str = Field(title="Hash of the file", min_length=64, max_length=64)
    residents: int = Field(title="Rows", ge=1)
    encoding: str = Field("utf-8", title="Encoding of the file")
    columns: dict[str, str] = Field(default_factory=dict, title="Columns of the file")


class ListedCandidate(Section):
    """A project proposed by somebody real, for example in a participatory budget."""

    id: str = Field(title="Name of the candidate", min_length=1, max_length=80)
    category: CategoryName = Field(title="Category of need")
    cost_yuan: float = Field(title="Cost", gt=0, le=1e9)
    name: str = Field("", title="Title", max_length=400)


class Ties(Section):
    """Who knows whom."""

    building: float = assumption(
        5.0, "Ties within the building", "楼内联系人数", "ties per resident", 2, 8,
        source="Hamill and Gilbert 2009, JASSS 12(2)3, scaled to a community", confidence="L",
    )
    interest: float = assumption(
        3.0, "Ties by age and interest", "同龄兴趣联系人数", "ties per resident", 1, 6,
        source="Hamill and Gilbert 2009, JASSS 12(2)3, scaled to a community", confidence="L",
    )
    long_share: float = assumption(
        0.09, "Share of long ties", "远距离联系比例", "share", 0, 0.3,
        source="Hamill and Gilbert 2009, JASSS 12(2)3, scaled to a community", confidence="L",
    )


class World(Section):
    """People, institutions and money."""

    residents: int = setting(
        5200, "Residents, all communities together", "常住居民总数", "persons", 2, 50_000_000,
        source="Norm of 1,000-3,000 households a community", confidence="M",
    )
    communities: int = setting(
        1, "Communities", "社区数", "communities", 1, 20_000,
        source="Xi'an has about 1,000-1,350 communities (web lists)", confidence="L",
    )
    community_residents: list[Annotated[int, Field(ge=2)]] = setting(
        [], "Residents of each community (empty: split evenly)", "各社区居民数（空：平均分）",
        "persons",
    )
    community_size_sd: float = setting(
        0.0, "Spread of the sizes of communities (0: all alike)", "社区人口规模离散程度",
        "sd of the log of residents", 0, 1.5, confidence="L",
        source="Streets of one district count 18,596 to 206,084 persons, 69,000 in the mean (census "
        "2020); communities are assumed to differ as much",
    )
    mean_household_size: float = setting(
        2.5, "Mean household size", "户均人口", "persons", 1, 6,
        source="Xi'an Jingkai bulletin 2.50, Shaanxi 2.53 (census 2020)", confidence="H",
    )
    age_shares: ByAge = setting(
        ByAge(age_0_14=0.14, age_15_39=0.32, age_40_59=0.29, age_60_plus=0.25),
        "Age shares (normalised on use)", "年龄构成（使用时归一）", "share",
        source=CENSUS + "; old-town community assumed older than the city", confidence="M",
    )
    residents_per_building: float = setting(
        30.0, "Residents who share a staircase", "每单元居民数", "persons", 2, 500, confidence="L",
    )
    renter_share: float = setting(
        0.15, "Renters, who move away but have a vote", "租户比例（会迁出，但有投票权）", "share", 0, 1, source=CENSUS, confidence="M",
    )
    floating_share: float = setting(
        0.15, "Floating residents, who move away and may lack a vote", "流动人口比例", "share", 0, 1,
        source="Floating 3.75 m of 12.95 m in Xi'an (census 2020); fewer in an old-town community",
        confidence="M",
    )
    resident_register: Register | None = setting(
        None, "Register of real residents", "真实居民登记册", "",
    )
    ties: Ties = Ties()
    budget_yuan_per_year: float = setting(
        300_000.0, "Budget for purchased services, per community", "每社区年度购买服务预算",
        "yuan a year", 0, 1e9,
        source="Dujiangyan 325,000 (2022); Chengdu villages 200,000 and more (2009)", confidence="H",
    )
    organizations: int = setting(
        6, "Social organizations that may bid, per community before sharing", "可投标社会组织数",
        "organizations", 1, 200, confidence="L",
    )
    communities_per_organization: float = setting(
        1.0, "Communities one organization works in (shared when above 1)", "每组织服务社区数",
        "communities", 1, 200, confidence="L",
    )
    staff_per_organization: int = setting(
        10, "Staff of an organization at the start", "组织初始员工数", "persons", 1, 200,
        source="Agencies have 5-30 staff, median about 10", confidence="L",
    )
    outside_work_share: float = setting(
        0.80, "Share of an organization's staff time sold outside these communities",
        "组织在外部承接业务的工时比例", "share", 0, 1, confidence="L",
    )
    committee_staff: int = setting(
        10, "Committee staff", "居委会工作人员", "persons", 1, 100,
        source="8-15 for 5,200 people; one community worker per 350-556 residents", confidence="L",
    )
    committee_hours_per_year: float = setting(
        1900.0, "Working hours of one committee member", "居委会人员年工时", "hours a year", 100,
        3000, confidence="M",
    )
    committee_free_share: float = setting(
        0.10, "Share of committee hours free for purchase work", "居委会可用于购买服务的工时比例",
        "share", 0, 1, source="5-15 % by judgement: duties handed down take the rest",
        confidence="L",
    )
    communities_per_street: int = setting(
        8, "Communities of a street office", "每街道社区数", "communities", 1, 100,
        source="1,988 communities over 199 streets in Shaanxi (2011)", confidence="M",
    )
    streets_per_district: int = setting(
        13, "Street offices of a district", "每区街道数", "street offices", 1, 100,
        source="About 170 street offices, 13 districts in Xi'an", confidence="M",
    )
    districts: int = setting(
        13, "Districts of the city", "全市区县数", "districts", 1, 100,
        source="About 170 street offices, 13 districts in Xi'an", confidence="H",
    )
    candidates_per_category: int = setting(
        3, "Project ideas on the table per category and year", "每类每年备选项目数", "projects",
        1, 20, confidence="L",
    )
    project_cost_low_yuan: float = setting(
        30_000.0, "Cheapest project idea", "备选项目最低金额", "yuan", 100, 1e8,
        source="Yangzhou 29,000 an item; Zibo 50,000", confidence="H",
    )
    project_cost_high_yuan: float = setting(
        60_000.0, "Dearest project idea", "备选项目最高金额", "yuan", 100, 1e8,
        source="Zibo 50,000; a new-district programme 70,000", confidence="H",
    )
    candidates: list[ListedCandidate] = setting(
        [], "Real project ideas instead of made ones", "真实备选项目（代替生成）", "",
    )
    staff_hour_yuan: float = setting(
        40.0, "Price of a deliverable staff hour", "每有效工时价格", "yuan an hour", 5, 1000,
        source="6,000 yuan a month over 174 hours, with absence", confidence="L",
    )
    staff_hours_per_week: float = setting(
        34.0, "Hours a week that one of an organization's staff can deliver", "每员工每周有效工时",
        "hours a week", 1, 80, source="174 hours a month less meetings, travel and leave",
        confidence="L",
    )
    staff_share: float = setting(
        0.70, "Share of a contract that pays staff", "合同中人员费用比例", "share", 0.1, 1,
        confidence="L",
    )
    opening_reserve_months: float = setting(
        3.0, "Reserves of an organization at the start", "组织初始储备",
        "months of its usual income here", 0.5, 60, confidence="L",
        source="Not under half a month: rooms and clerks run on it until the first contract pays",
    )
