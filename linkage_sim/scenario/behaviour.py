"""What is believed about how services are delivered, felt and repaid."""

from typing import Literal

from linkage_sim.scenario.fields import FITTED, ByEffort, Section, assumption


class Delivery(Section):
    """How hours become contacts."""

    hours_per_contact: float = assumption(
        4.0, "Hours of a substantive contact", "每次实质服务工时", "hours", 0.25, 40
    )
    hours_per_event: float = assumption(
        24.0, "Hours of an event", "每场活动工时", "hours", 1, 200, source=FITTED
    )
    heads_per_event: float = assumption(
        18.4, "Heads at an event", "每场活动人次", "persons", 1, 500,
        source="Shenyang 2017: 7,927 person-times at 431 events", confidence="M",
    )
    contacts_per_place: int = assumption(
        4, "Contacts in the series of one place", "每名额服务次数", "contacts", 1, 50
    )
    promise_level: float = assumption(
        1.0, "Promised target over what the hours allow", "承诺水平", "factor", 0.2, 3, source=FITTED
    )
    roster_share: float = assumption(
        0.6, "Places promised to named persons", "指定名单比例", "share", 0, 1
    )
    ramp_weeks: float = assumption(
        8.0, "Weeks for substance to take hold", "实质服务启动期", "weeks", 0, 52
    )
    search_half: float = assumption(
        120.0, "Known persons in need at which half the searches fail", "寻找服务对象难度", "persons", 0,
        5000,
    )
    rescreen_hours: float = assumption(2.0, "Hours to re-screen a place", "复核工时", "hours", 0, 40)
    retarget_hours: float = assumption(1.0, "Hours to re-target a place", "调整工时", "hours", 0, 40)
    bundle_notice_days: float = assumption(
        20, "Days of notice for a purchase by several communities", "联合采购公告天数", "days", 0, 180
    )
    tender_days_competitive: float = assumption(
        15, "Days of a competitive tender", "竞争性采购天数", "days", 0, 180
    )
    tender_days_negotiated: float = assumption(
        7, "Days of a negotiated award", "协商采购天数", "days", 0, 180
    )
    tender_days_incumbent: float = assumption(
        2, "Days to renew the incumbent", "续约采购天数", "days", 0, 180
    )
    perception_noise: float = assumption(
        0.15, "Error in judging a bidder's competence", "对组织能力判断误差", "sd", 0, 1
    )
    awareness_start: float = assumption(
        0.5, "Residents who know the services at the start", "初始知晓率", "share", 0, 1
    )
    awareness_newcomers: float = assumption(
        0.25, "Newcomers who know the services", "新迁入者知晓率", "share", 0, 1
    )
    awareness_per_hour: float = assumption(
        0.5, "Residents reached by a free committee hour", "居委会每工时宣传人数", "persons an hour", 0,
        50,
    )


class Effort(Section):
    """What moves an organization."""

    strategy: str = assumption("best_response", "How effort is chosen", "努力选择方式",
                               "best_response, or one registered elsewhere")
    mission_mean: float = assumption(
        0.4, "Mission motive", "公益动机", "relative to the contract's slope", 0, 1, source=FITTED
    )
    mission_sd: float = assumption(0.5, "Spread of mission (lognormal sd)", "动机离散度", "log units",
                                   0, 1.5)
    substitution: float = assumption(
        0.5, "How substance and showcase displace each other", "努力替代程度", "share", 0, 0.95
    )
    temperature: float = assumption(
        0.01, "Logit noise around the best response", "决策噪声", "utility", 0, 1
    )
    risk_aversion: float = assumption(0.0, "Risk aversion", "风险规避", "per payment variance", 0, 20)
    value: ByEffort = assumption(
        ByEffort(substance=1, showcase=0.1), "True value of effort", "努力的真实价值", "per unit"
    )
    activity: ByEffort = assumption(
        ByEffort(substance=0.4, showcase=1), "What counts see", "数量指标感知", "per unit"
    )
    satisfaction_chosen: ByEffort = assumption(
        ByEffort(substance=0.15, showcase=0.30), "What chosen respondents see",
        "自选受访者感知", "per unit",
    )
    satisfaction_random: ByEffort = assumption(
        ByEffort(substance=0.6, showcase=0.2), "What random respondents see", "随机受访者感知",
        "per unit",
    )
    outcome: ByEffort = assumption(
        ByEffort(substance=1, showcase=0), "What an outcome measure sees", "成效指标感知", "per unit"
    )
    documents_weight: float = assumption(
        0.4, "Hours of documents per unit of their weight", "文书权重占用工时", "share of hours", 0, 1
    )
    renewal_value: float = assumption(
        0.25, "Worth of a renewal", "续约价值", "share of the contract", 0, 3, source=FITTED
    )
    expected_score_start: float = assumption(
        0.85, "Score an organization expects at the start", "初始预期得分", "score", 0, 1,
    )
    score_spread: float = assumption(
        0.15, "Spread of scores an organization expects", "预期得分离散度", "score", 0.01, 1
    )
    belief_start: float = assumption(
        0.7, "Believed part of the outcome indicator's slope at the start", "成效斜率初始信念",
        "factor", 0, 2,
    )
    belief_variance: float = assumption(
        0.25, "Doubt about the outcome indicator at the start", "对成效指标的初始疑虑", "variance",
        0, 4,
    )
    learning: bool = assumption(True, "Beliefs learn from scores", "信念从得分中学习", "")
    negotiated_relationship: float = assumption(
        0.5, "Weight of relationship in a negotiated award", "协商中关系权重", "share", 0, 1
    )


class Staff(Section):
    """Social workers: burnout, quitting, hiring."""

    quit_per_year: float = assumption(
        0.14, "Quit rate at burnout .25", "离职率", "per year", 0, 2,
        source="17.6 % Shenzhen 2011, about 20 % in six cities; the part without strain",
    )
    quit_burnout: float = assumption(1.5, "Rise of quitting with burnout", "倦怠对离职影响",
                                     "log units per unit", 0, 10)
    quit_late_pay: float = assumption(0.5, "Rise of quitting with late pay", "欠薪对离职影响",
                                      "log units", 0, 5)
    burnout_caseload: float = assumption(
        0.01, "Burnout from a full load of work", "工作量致倦怠", "per week and full load", 0, 0.5,
        source=FITTED,
    )
    burnout_paperwork: float = assumption(0.04, "Burnout from paperwork", "文书致倦怠",
                                          "per week and share", 0, 0.5)
    burnout_recovery: float = assumption(0.04, "Recovery from burnout", "倦怠恢复", "per week", 0.001,
                                         1)
    vacancy_weeks: float = assumption(6, "Weeks a post stays empty", "空缺周数", "weeks", 0, 52)
    training_weeks: float = assumption(16, "Weeks from half to full skill", "新人成长周数", "weeks", 0,
                                       104)
    skill_sd: float = assumption(0.15, "Spread of skill", "技能离散度", "log units", 0, 1)
    usual_paperwork: float = assumption(
        0.24, "Paper in the hours of workers who lead no contract here", "日常文书比例", "share", 0, 1,
    )
    cases_found: float = assumption(
        0.5, "Hidden persons in need a worker finds", "社工发现隐性个案", "persons a month", 0, 20
    )
    case_share: float = assumption(0.5, "Share of casework", "个案工作比例", "share", 0, 1)
    group_share: float = assumption(0.3, "Share of group work", "小组工作比例", "share", 0, 1)
    group_hours: float = assumption(0.6, "Hours of a group contact against a case contact",
                                    "小组工作工时系数", "factor", 0.05, 2)
    group_end: float = assumption(0.7, "Needs a group contact ends against a case contact",
                                  "小组工作解决系数", "factor", 0, 2)
    community_hours: float = assumption(0.4, "Hours of a community-work contact against a case "
                                        "contact", "社区工作工时系数", "factor", 0.05, 2)
    community_end: float = assumption(0.5, "Needs a community-work contact ends against a case "
                                      "contact", "社区工作解决系数", "factor", 0, 2)


class Volunteers(Section):
    """Joining, staying and helping."""

    join_per_month: float = assumption(0.0015, "Joining unasked", "自发加入率", "per month", 0, 0.2)
    asked_per_month: float = assumption(
        0.10, "Joining when asked", "受邀加入率", "per month", 0, 1,
        source="71 % of those asked volunteer, 29 % of others (Independent Sector 2001)",
    )
    contagion_per_month: float = assumption(0.02, "Joining when all ties are active", "邻里带动率",
                                            "per month", 0, 1)
    leave_per_month: float = assumption(
        0.019, "Leaving", "退出率", "per month", 0.0005, 1,
        source="Drop-out 35.5 % a year with idleness and formality (US 2008); the part without",
    )
    idle_effect: float = assumption(0.6, "Leaving rises when idle", "闲置致退出", "factor", 0, 10)
    formal_effect: float = assumption(0.9, "Leaving rises with formal tasks", "形式化致退出", "factor",
                                      0, 10)
    trust_effect: float = assumption(1.0, "How far joining needs trust", "信任对加入影响", "exponent",
                                     0, 3)
    start_share: float = assumption(
        0.04, "Volunteers at the start", "初始志愿者比例", "share of residents 15+", 0, 1,
        source="Where today's practice settles, so that a run starts at rest; 20-45 % of the 12 % "
        "registered are active",
    )
    asks_per_week: float = assumption(1.0, "Residents asked", "每周邀请人数",
                                      "per 1,000 residents and week", 0, 100)
    hours_per_year: float = assumption(
        25, "Hours a volunteer offers", "志愿服务时长", "hours a year", 1, 500,
        source="20-40 hours a year by active volunteers in China", confidence="L",
    )
    productivity: float = assumption(0.35, "Volunteer hour against a staff hour", "志愿工时效率",
                                     "factor", 0, 1.5)
    coordination: float = assumption(
        4.0, "Volunteer hours one worker hour coordinates", "每工时协调志愿工时", "hours", 0, 50
    )
    coordination_share: float = assumption(
        0.05, "Substance hours used to coordinate volunteers", "志愿协调工时比例", "share", 0, 0.5
    )
    time_bank_gain: float = assumption(
        0.5, "Rise of joining and staying with a time bank", "时间银行激励", "factor", 0, 5
    )
    time_bank_crowding: float = assumption(
        0.2, "Motivation a credit crowds out", "激励挤出", "factor", 0, 0.9
    )
    time_bank_hours: float = assumption(1.0, "Coordination hours a volunteer", "时间银行管理工时",
                                        "hours a year", 0, 50)
    time_bank_redeemed: float = assumption(0.5, "Credits redeemed a year", "时间银行兑付率",
                                           "share a year", 0.01, 5)
    time_bank_default: float = assumption(0.05, "Credits lost a year", "时间银行违约率", "share", 0, 1)


class Checking(Section):
    """What evaluation costs and how well it measures."""

    satisfaction_yuan: float = assumption(15, "Satisfaction interview", "满意度访谈费用", "yuan", 0,
                                          1000)
    outcome_yuan: float = assumption(60, "Outcome interview", "成效回访费用", "yuan", 0, 1000)
    sampling_yuan: float = assumption(150, "Drawing a random sample", "随机抽样费用",
                                      "yuan a project", 0, 10_000)
    third_party_share: float = assumption(0.03, "Third party's fee", "第三方费用", "share of budget",
                                          0, 0.3)
    midterm_yuan: float = assumption(1200, "Mid-term check", "中期检查费用", "yuan a project", 0, 1e5)
    midterm_line: float = assumption(
        0.25, "Outcome that a mid-term check asks for, at the pace of a full year", "中期检查合格线",
        "share", 0, 1,
    )
    midterm_withhold: float = assumption(
        0.5, "Share of the last tranche a failed check withholds", "中期不合格扣款", "share", 0, 1
    )
    audit_yuan: float = assumption(1500, "Audit", "审计费用", "yuan a project", 0, 1e5)
    audit_penalty: float = assumption(0.3, "Score lost when counts prove empty", "审计扣分", "score",
                                      0, 1)
    in_house_yuan: float = assumption(500, "In-house evaluation", "内部评估费用", "yuan a project", 0,
                                      1e5)
    publication_yuan: float = assumption(1000, "Publishing scores", "公开费用", "yuan a year", 0, 1e5)
    counts_per_10k_yuan: float = assumption(
        52.8, "Heads and contacts that a contract has to show", "每万元应完成人次",
        "persons per 10,000 yuan", 0.1, 5000,
        source="Shenyang 2017: 7,927 person-times for 1.5 million yuan", confidence="M",
    )
    full_file_share: float = assumption(
        0.16, "Hours of paper that a complete file takes before any weight", "完整档案所需工时",
        "share of contract hours", 0, 0.9,
    )
    outcome_noise: float = assumption(0.15, "Noise of the outcome measure", "成效测量噪声", "sd", 0, 1)
    satisfied_line: float = assumption(
        0.6, "Satisfaction that the evaluator's form counts as satisfied", "评估问卷满意分数线",
        "satisfaction", 0, 1,
    )


class Opinion(Section):
    """Expectation, satisfaction, trust (expectancy-disconfirmation; disputed parts can be 0)."""

    weight_performance: float = assumption(
        0.45, "Weight of performance", "绩效权重", "per unit", 0, 1,
        source="Van Ryzin 2004, 2013; standardised .4-.6", confidence="L",
    )
    weight_better: float = assumption(
        0.15, "Weight of better than expected", "超预期权重", "per unit", 0, 1,
        source="Van Ryzin 2006; not found by Grimmelikhuijsen and Porumbescu 2017",
    )
    weight_worse: float = assumption(
        0.30, "Weight of worse than expected", "低于预期权重", "per unit", 0, 1,
        source="James 2009: dissatisfaction falls faster",
    )
    weight_expectation: float = assumption(
        0.0, "Weight of expectation itself", "期望权重", "per unit", -0.2, 0.4
    )
    base: float = assumption(0.55, "Satisfaction without anything", "基础满意度", "satisfaction", 0, 1,
                             source=FITTED)
    expectation_rate: float = assumption(0.05, "Expectation follows performance", "期望调整",
                                         "per quarter", 0, 1)
    publicity_lift: float = assumption(0.02, "Expectation lifted by an event", "宣传抬高期望",
                                       "per event attended", 0, 1)
    image_weight: float = assumption(
        0.25, "What an event of the last quarter adds to what those without need see",
        "近一季度活动对无需求者观感的影响", "performance", -0.5, 0.5, source=FITTED,
    )
    image_unserved: float = assumption(
        0.15, "What an event of the last quarter adds to what the unserved see",
        "近一季度活动对未获服务者观感的影响", "performance", -0.5, 0.5, source=FITTED,
    )
    neighbour_weight: float = assumption(
        0.6, "Weight of neighbours' experience for those without need", "邻里体验权重", "share", 0, 1
    )
    trust_up: float = assumption(0.010, "Trust rises", "信任上升", "per week", 0, 0.5)
    trust_down: float = assumption(0.020, "Trust falls", "信任下降", "per week", 0, 0.5)
    word_of_mouth: float = assumption(0.10, "Neighbours' satisfaction in one's own trust",
                                      "口碑影响", "share", 0, 0.9)
    trust_start: float | Literal["stationary"] = assumption(
        "stationary", "Trust at the start", "初始信任", "trust or 'stationary'", 0, 1, source=FITTED
    )
    personal_sd: float = assumption(0.10, "Personal taste in satisfaction", "个体差异", "sd", 0, 0.5)


class Market(Section):
    """Organizations come, go and keep books."""

    entry_per_year: float = assumption(0.15, "New organizations", "新组织进入率", "per year", 0, 5)
    overhead_share: float = assumption(
        0.25, "Overheads of an organization", "组织管理费", "share of contract", 0, 0.9
    )
    outside_margin: float = assumption(
        0.02, "Margin on outside work", "外部业务结余率", "share", -0.5, 0.5
    )
    competence_sd: float = assumption(
        0.2, "Spread of organizations' competence by category", "组织能力离散度", "log units", 0, 1
    )
    reputation_start: float = assumption(0.8, "Reputation at the start", "初始声誉", "score", 0, 1)
    reputation_memory: float = assumption(
        0.5, "Weight of the newest score in reputation and in what is expected", "声誉更新", "share",
        0, 1,
    )
    renewal_bonus: float = assumption(
        0.3, "Head start of an organization renewed in this category", "续约加分", "bid", 0, 2
    )
    crowding: float = assumption(
        0.2, "What each further contract of a year takes off a bid", "承接过多扣分", "bid", 0, 2
    )
    relationship_gain: float = assumption(0.2, "Relationship grows with a contract", "关系累积",
                                          "share", 0, 1)


class LinkageBehaviour(Section):
    """What a joint meeting moves."""

    meeting_hours: float = assumption(3, "Hours of a joint meeting for each side", "联席会议工时",
                                      "hours", 0, 100)
    list_share: float = assumption(0.8, "Part of a list that is passed on", "名单共享比例", "share", 0,
                                   1)
    sightings: float = assumption(0.2, "Persons in need an active volunteer sees", "志愿者发现",
                                  "persons a year", 0, 20)
