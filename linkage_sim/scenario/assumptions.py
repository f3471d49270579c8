"""What is believed about people and officials: needs, hearing, approving; and all the rest."""

from linkage_sim.scenario.behaviour import (
    Checking,
    Delivery,
    Effort,
    LinkageBehaviour,
    Market,
    Opinion,
    Staff,
    Volunteers,
)
from linkage_sim.scenario.fields import (
    ASSUMED,
    FITTED,
    ByAge,
    ByCategory,
    Section,
    assumption,
    by_category,
)


class Prevalence(Section):
    """Natural prevalence of each need in an age group, before any service."""

    age_0_14: ByCategory = by_category(0, 0.15, 0.03, 0.02, 0, 0.10, 0.04, 0.005)
    age_15_39: ByCategory = by_category(0, 0.06, 0.05, 0.02, 0.08, 0.06, 0.05, 0.02)
    age_40_59: ByCategory = by_category(0.01, 0.02, 0.07, 0.03, 0.06, 0.08, 0.06, 0.025)
    age_60_plus: ByCategory = by_category(0.20, 0.01, 0.13, 0.05, 0, 0.14, 0.07, 0.02)


class Needs(Section):
    """How needs begin, last and end."""

    prevalence: Prevalence = assumption(
        Prevalence(), "Natural prevalence by age and category", "各年龄段需求发生率", "share"
    )
    prevalence_factor: float = assumption(
        0.5, "Factor on all prevalences", "发生率系数", "factor", 0.05, 2
    )
    duration_weeks: ByCategory = assumption(
        by_category(78, 39, 52, 104, 26, 39, 26, 13), "Mean natural length of a need",
        "需求自然持续时间", "weeks", 1, 1e6,
    )
    severity: ByCategory = assumption(
        by_category(1, 0.8, 1, 1.2, 0.7, 0.3, 0.6, 0.7), "Severity weight", "严重程度权重", "weight",
        0, 5,
    )
    cover_weeks: ByCategory = assumption(
        by_category(6, 4, 5, 6, 4, 4, 4, 4), "Weeks one contact covers a need", "一次服务覆盖周数",
        "weeks", 0, 52,
    )
    end_probability: ByCategory = assumption(
        by_category(0.42), "Probability that a contact ends the need", "一次服务解决概率",
        "probability", 0, 1, source=ASSUMED,
    )
    vulnerability_sd: float = assumption(
        0.6, "Spread of vulnerability (lognormal sd)", "脆弱性离散度", "log units", 0, 1.5
    )
    drift_sd: float = assumption(
        0.35, "Spread of a neighbourhood's demand around the district's", "社区需求偏离程度",
        "log units", 0, 1,
    )
    drift_weeks: float = assumption(
        52, "Correlation time of the neighbourhood's demand", "社区需求相关时间", "weeks", 2, 520
    )
    move_per_year: float = assumption(
        0.20, "Renters and floating residents who move away in a year", "租户和流动人口年迁出率",
        "share a year", 0, 0.9,
    )


class Provision(Section):
    """What is there without any purchase."""

    government_capacity: ByCategory = assumption(
        by_category(0.231, 0.231, 0.231, 0.10, 0, 0, 0.231, 0),
        "Needs government meets", "政府服务能力", "needs a week per 1,000 residents", 0, 10,
    )
    mutual_aid_capacity: ByCategory = assumption(
        by_category(0, 0.02, 0, 0, 0.02, 0.10, 0, 0.05),
        "Needs neighbours meet", "邻里互助能力", "needs a week per 1,000 residents", 0, 10,
    )
    station_workers: float = assumption(
        1.0, "Hours a station delivers against a contract hour", "社工站工时效率", "factor", 0.2, 2
    )


class Hearing(Section):
    """What each source of information costs, takes and knows."""

    voice_age: ByAge = assumption(
        ByAge(age_0_14=0, age_15_39=0.3, age_40_59=1, age_60_plus=2.5),
        "Voice by age", "各年龄话语权", "relative weight", 0, 10,
        source="Reporting rates differ up to three times between areas (Liu et al. 2023); by age "
        "assumed",
    )
    voice_tie: float = assumption(
        2.0, "Voice of those tied to the committee", "与居委会有联系者的话语权", "factor", 1, 10
    )
    voice_tied_share: float = assumption(
        0.05, "Residents tied to the committee besides building heads", "与居委会有联系者比例", "share",
        0, 1,
    )
    voice_vulnerability: float = assumption(
        1.0, "How much vulnerability silences", "脆弱性削弱话语权", "exponent", 0, 3
    )
    wish_rate: float = assumption(
        0.15, "Wishes an activist adds to own needs", "积极分子附带愿望", "wishes per report", 0, 1
    )
    hotline_rate: float = assumption(
        0.02, "Complaints of a resident of mean voice", "热线投诉率",
        "complaints a week and need", 0, 0.5,
    )
    survey_response: float = assumption(
        0.75, "Survey response at trust 0.5", "调查回应率", "share", 0.05, 1
    )
    response_trust: float = assumption(
        0.4, "Rise of response and turnout with trust", "信任对参与的影响", "per unit of trust", 0, 1
    )
    assembly_rate: float = assumption(
        0.04, "Residents of mean voice who come to an assembly", "居民议事会参与率", "share", 0, 0.5
    )
    turnout_base: float = assumption(
        0.30, "Turnout of a resident of mean voice at trust 0.5", "投票参与率", "share", 0.01, 1
    )
    household_report: bool = assumption(
        True, "Surveyed adults speak for the household", "调查对象代表全户", ""
    )
    most_spent_share: float = assumption(
        0.3, "Most that hearing may take of the year's money", "征询费用上限", "share of budget", 0,
        1,
    )
    activist_yuan: float = assumption(20, "Cost of asking an activist", "征询费用", "yuan", 0, 1000)
    survey_yuan: float = assumption(22, "Cost of a survey interview", "调查费用", "yuan", 0, 1000,
                                    source="15-30 yuan by judgement")
    survey_hours: float = assumption(0.3, "Committee hours per interview", "每份调查工时", "hours", 0,
                                     10)
    hotline_yuan: float = assumption(2000, "Cost of running the hotline", "热线费用", "yuan a year",
                                     0, 1e6)
    assembly_yuan: float = assumption(3000, "Cost of an assembly", "议事会费用", "yuan", 0, 1e6)
    vote_yuan: float = assumption(1.0, "Cost of a vote", "投票费用", "yuan per resident", 0, 100)
    meeting_hours: float = assumption(
        40, "Committee hours for activists or assembly; a vote takes twice", "组织征询工时（投票加倍）",
        "hours", 0, 1000
    )
    activist_days: float = assumption(7, "Days to ask activists", "征询天数", "days", 0, 90)
    survey_days: float = assumption(14, "Days a survey takes", "调查天数", "days", 0, 180)
    assembly_days: float = assumption(7, "Days to hold an assembly", "议事会天数", "days", 0, 90)
    vote_days: float = assumption(14, "Days a vote takes", "投票天数", "days", 0, 180)
    call_day: float = assumption(7, "Day of the call for projects", "征集开始日", "day of the year", 0,
                                 300, source="Calls in January", confidence="M")
    inertia: float = assumption(
        0.25, "Pull of last year's portfolio", "路径依赖", "share", 0, 0.9
    )
    alignment: float = assumption(
        0.15, "Pull of upper-level priorities", "迎合上级程度", "share", 0, 0.9
    )
    visibility_pull: float = assumption(
        0.10, "Pull of what shows well", "可视化偏好", "share", 0, 0.9, source=FITTED
    )
    campaign_emphasis: float = assumption(
        1.0, "Extra weight of the campaign's category in a directive", "专项重点加权", "factor", 0, 5
    )
    places_scale: float = assumption(
        0.25, "Falling returns: places as a share of need that count half", "边际递减尺度", "share",
        0.01, 5,
    )
    submission_factor: float = assumption(
        1.4, "Sum proposed over the budget", "申报金额与预算之比", "ratio", 1, 5, source=FITTED,
    )
    committee_list_share: float = assumption(
        0.1, "Needs on the committee's list at the start", "居委会初始掌握需求比例", "share", 0, 1
    )
    visibility: ByCategory = assumption(
        by_category(0.5, 0.6, 0.4, 0.1, 0.3, 1.0, 0.8, 0.1), "How well a category shows",
        "各类项目可视化程度", "relative", 0, 1,
    )
    costed_budget: float = assumption(
        0.5, "Part of a file's quality that a costed budget alone gives", "预算材料质量占比", "share",
        0, 1,
    )


class Officials(Section):
    """How approvers work."""

    flaw_share: float = assumption(0.10, "Proposals with a flawed design", "设计缺陷比例", "share", 0,
                                   0.9)
    flaw_skill: float = assumption(0.6, "Skill left in a flawed project", "缺陷项目效能", "factor", 0,
                                   1)
    catch_probability: float = assumption(
        0.25, "Flaw seen at a desk that looks", "单环节发现缺陷概率", "probability", 0, 1
    )
    return_quality: float = assumption(
        1.0, "How much good evidence lowers returns", "材料质量降低退件程度", "exponent", 0, 3
    )
    rework_days: float = assumption(
        15, "Days to mend a returned file", "退件修改天数", "days", 0, 180
    )
    background_load: float = assumption(
        0.5, "Officer time that files of communities outside the model take", "模型外申报占用工时",
        "share of officer time at desks above the community", 0, 0.95,
    )
    officer_hours: float = assumption(
        3.0, "Officer hours a visit of a file takes", "每环节处理工时", "hours", 0, 100
    )
    meeting_hours: float = assumption(
        12, "Officer hours a meeting that decides on files takes", "审批会议工时", "hours", 0, 200,
        source="four officers for three hours, by judgement",
    )
    officer_hour_yuan: float = assumption(45, "Price of an officer hour", "公务工时价格", "yuan", 5,
                                          1000)
    early_money_yuan: float = assumption(
        20, "Bridging finance for each day before 1 July", "垫资成本", "yuan a day", 0, 10_000
    )
    scandal_probability: float = assumption(
        0.2, "Chance that a flawed project becomes a scandal", "缺陷项目曝光概率",
        "probability a year", 0, 1,
    )
    campaign_committee_share: float = assumption(
        0.4, "Committee hours a campaign takes", "专项行动占用居委会工时", "share", 0, 1,
        source="20-60 % by judgement",
    )
    campaign_organization_share: float = assumption(
        0.15, "Organization hours a campaign takes", "专项行动占用组织工时", "share", 0, 1,
        source="5-30 % by judgement",
    )


class Assumptions(Section):
    """All behaviour, in the order of the purchase cycle."""

    needs: Needs = Needs()
    provision: Provision = Provision()
    hearing: Hearing = Hearing()
    officials: Officials = Officials()
    delivery: Delivery = Delivery()
    effort: Effort = Effort()
    staff: Staff = Staff()
    volunteers: Volunteers = Volunteers()
    checking: Checking = Checking()
    opinion: Opinion = Opinion()
    market: Market = Market()
    linkage: LinkageBehaviour = LinkageBehaviour()
