"""What a government may decide: the levers, each with its channel and its price."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from linkage_sim.scenario.fields import (
    CATEGORIES,
    Section,
    lever,
)
from linkage_sim.scenario.world import CategoryName

HEARING = ("hearing",)
APPROVAL = ("decision",)
REWARD = ("mix", "verdict")


class Weights(Section):
    """Weights are >= 0, not all 0, and normalised on use."""

    @model_validator(mode="after")
    def _some_weight(self) -> Self:
        if sum(self.shares().values()) <= 0:
            raise ValueError("all weights are 0; give at least one a weight above 0")
        return self

    def shares(self) -> dict[str, float]:
        """Give every weight, `other` included, as a share of their sum."""
        flat: dict[str, float] = {}
        for name, value in self:
            if isinstance(value, dict):
                flat.update(value)
            else:
                flat[name] = value
        total = sum(flat.values())
        return {name: value / total for name, value in flat.items()} if total > 0 else {}


class SourceWeights(Weights):
    """How much the committee listens to each source; normalised on use."""

    directive: float = Field(0.35, title="Directive from above", ge=0)
    activists: float = Field(0.65, title="Activists", ge=0)
    hotline: float = Field(0.0, title="Hotline", ge=0)
    survey: float = Field(0.0, title="Survey", ge=0)
    assembly: float = Field(0.0, title="Assembly", ge=0)
    vote: float = Field(0.0, title="Vote", ge=0)
    other: dict[str, Annotated[float, Field(ge=0)]] = Field(
        default_factory=dict, title="Sources registered elsewhere"
    )


class Proposal(Section):
    """Stage 1: how demand is heard."""

    method: str = lever(
        "mixed", "How demand is heard", "需求表达方式",
        "directive, activists, hotline, survey, assembly, vote, mixed",
        channel="knowledge", mediators=HEARING,
        price="yuan and committee hours of each source used, out of the same budget",
    )
    weights: SourceWeights = lever(
        SourceWeights(), "Weights of the sources when mixed", "各信息来源权重", "weight",
        channel="knowledge", mediators=HEARING,
        price="each source with a weight above 0 is paid in full",
    )
    activists: int = lever(
        80, "Activists asked", "征询积极分子人数", "persons", 1, 5000,
        channel="knowledge", mediators=HEARING, price="assumptions.hearing.activist_yuan each",
    )
    survey_sample: int = lever(
        300, "Residents surveyed about demand", "需求调查样本量", "persons", 1, 1_000_000,
        channel="knowledge", mediators=HEARING,
        price="assumptions.hearing.survey_yuan and survey_hours each",
    )
    hotline_weeks: int = lever(
        26, "Weeks of complaints counted", "热线统计周数", "weeks", 1, 104,
        channel="knowledge", mediators=HEARING,
        price="free: counting older complaints that are already recorded costs nothing more",
    )
    vote_rule: Literal["greedy", "equal_shares"] = lever(
        "equal_shares", "Rule of the vote", "投票计票规则", "",
        channel="knowledge", mediators=HEARING,
        price="free: the same ballots are counted in another way",
    )
    open_categories: list[CategoryName] = lever(
        list(CATEGORIES), "Categories open to purchase", "开放购买的服务类别", "categories",
        channel="knowledge", mediators=HEARING,
        price="free: a closed category is left to government and mutual aid, and stays in every "
        "denominator",
    )


class Desk(Section):
    """One desk of the approval procedure."""

    name: str = Field(title="Desk", min_length=1, max_length=60)
    officers: int = Field(1, title="Officers", ge=1, le=1000)
    mean_days: float = Field(10.0, title="Mean days of work on a file", ge=0, le=1000)
    distribution: Literal["exponential", "lognormal", "gamma", "fixed", "empirical"] = Field(
        "lognormal", title="Spread of the days of work"
    )
    variation: float = Field(0.6, title="Coefficient of variation", ge=0, le=10)
    service_days: list[Annotated[float, Field(ge=0, le=5000)]] = Field(
        default_factory=list, title="Observed days of work (empirical)"
    )
    return_probability: float = Field(0.0, title="Probability of return", ge=0, le=0.99)
    statutory_days: float = Field(0.0, title="Statutory minimum at this desk", ge=0, le=400)
    meeting_gap_days: list[Annotated[float, Field(gt=0, le=400)]] = Field(
        default_factory=list, title="Gaps between meetings (empty: decided at once)"
    )
    shared_by: Literal["community", "street", "district", "city"] = Field(
        "district", title="Whose files come here"
    )
    ranks: bool = Field(False, title="Ranks files under the money left")
    catches: bool = Field(True, title="Looks for flawed projects")


DEFAULT_DESKS = [
    Desk(name="community check", mean_days=3, return_probability=0.10, shared_by="community"),
    Desk(name="street office", mean_days=6, return_probability=0.05, meeting_gap_days=[30.0],
         ranks=True, officers=2, shared_by="street"),
    Desk(name="district bureau", mean_days=10, return_probability=0.05, meeting_gap_days=[30.0],
         officers=3),
    Desk(name="finance", mean_days=10, return_probability=0.02, catches=False, officers=3),
    Desk(name="public notice", mean_days=0, distribution="fixed", statutory_days=7,
         catches=False, officers=1000, shared_by="street"),
    Desk(name="contract", mean_days=5, catches=False, officers=2, shared_by="street"),
]


class Criteria(Weights):
    """What the street office looks for in a file; normalised on use."""

    alignment: float = Field(0.4, title="Fits upper-level priorities", ge=0)
    visibility: float = Field(0.3, title="Makes something to show", ge=0)
    evidence: float = Field(0.3, title="Evidence of need", ge=0)


class Approval(Section):
    """Stage 2: how files are approved."""

    fixed_latency_days: float | Literal[False] | None = lever(
        None, "Fixed approval latency (false: the desks)", "固定审批时长（false：按审批环节）",
        "days", 0, 364, channel="time", mediators=APPROVAL,
        price="free by construction: an experiment on time alone; desks, meetings and returns "
        "are what real speed would cost",
    )
    desks: list[Desk] = lever(
        DEFAULT_DESKS, "Desks of the procedure", "审批环节", "desks",
        channel="time", mediators=APPROVAL,
        price="officer hours of every visit and meeting at "
        "assumptions.officials.officer_hour_yuan; more officers take more files from outside; fewer "
        "desks catch fewer flawed projects",
    )
    parallel: bool = lever(
        False, "Desks work at the same time", "并联审批", "",
        channel="time", mediators=APPROVAL,
        price="officer hours: a file that one desk returns has still been read by the others",
    )
    fast_track_below_yuan: float = lever(
        0.0, "Fast track below this sum", "快速通道金额上限", "yuan", 0, 1e8,
        channel="time", mediators=APPROVAL,
        price="desks left out catch no flawed project",
    )
    fast_track_desks: list[str] = lever(
        ["street office", "contract"], "Desks of the fast track", "快速通道环节", "names",
        channel="time", mediators=APPROVAL, price="desks left out catch no flawed project",
    )
    budget_open_day: float = lever(
        165.0, "Day the year's money can be used from", "资金可用起始日", "day of the year", 0, 363,
        channel="time", mediators=APPROVAL,
        price="assumptions.officials.early_money_yuan for each day before 1 July (bridging "
        "finance)",
        source="Money usable from June-July (gongyishibao 2016)", confidence="M",
    )
    rule: str = lever(
        "criteria", "Rule by which files are ranked", "评审规则", "criteria, or one registered elsewhere",
        channel="reward", mediators=APPROVAL,
        price="free: the same files are put in another order",
    )
    criteria: Criteria = lever(
        Criteria(), "Criteria of the street office", "街道评审标准", "weight",
        channel="reward", mediators=APPROVAL,
        price="free: re-weighting a form costs nothing; gathering evidence is paid in hearing",
    )


class Implementation(Section):
    """Stage 3: how projects are carried out."""

    tender: Literal["competitive", "negotiated", "incumbent"] = lever(
        "competitive", "Tender", "采购方式", "", channel="knowledge", mediators=("award",),
        price="days of assumptions.delivery.tender_days_* before a contract can be signed",
    )
    reporting_burden_share: float = lever(
        0.16, "Hours that reports must take", "文书负担", "share of contract hours", 0, 0.9,
        channel="cost", mediators=("mix", "promise"),
        price="free: hours not asked for cost nothing; less documentation shows in the documents "
        "indicator",
    )
    midterm_check: bool = lever(
        False, "Mid-term check", "中期检查", "", channel="reward",
        mediators=("mix", "check", "verdict"),
        price="assumptions.checking.midterm_yuan a project",
    )
    rescreen: bool = lever(
        False, "Places are re-screened", "服务名额复核", "", channel="knowledge",
        mediators=("roster",), price="assumptions.delivery.rescreen_hours a place, from contract "
        "hours",
    )
    autonomy_share: float = lever(
        0.0, "Hours an organization may re-target itself", "组织自主调整工时比例",
        "share of substance hours", 0, 1, channel="knowledge", mediators=("retarget",),
        price="assumptions.delivery.retarget_hours of contract hours for each place moved",
    )
    contract_years: int = lever(
        1, "Length of a contract", "合同年限", "years", 1, 3, channel="time",
        mediators=("decision",), price="the money of later years is bound and cannot follow demand",
    )
    bundle_communities: int = lever(
        1, "Communities that buy together", "联合购买社区数", "communities", 1, 10,
        channel="knowledge", mediators=("hearing", "award"),
        price="20 days of notice and one design for the mean of the bundle",
    )
    station_share: float = lever(
        0.0, "Share of the money for a street social-work station", "街道社工站资金比例", "share",
        0, 0.6, channel="cost", mediators=("station",),
        price="the same money is missing for projects",
    )
    time_bank: bool = lever(
        False, "Time bank", "时间银行", "", channel="reward", mediators=("volunteering",),
        price="coordination hours of assumptions.volunteers.time_bank_hours a volunteer and year",
    )


class EvaluationWeights(Weights):
    """What counts in the evaluation score; normalised on use."""

    activity: float = Field(0.60, title="Counts of activities and heads", ge=0)
    documents: float = Field(0.20, title="Documents", ge=0)
    satisfaction: float = Field(0.20, title="Satisfaction", ge=0)
    outcome: float = Field(0.0, title="Outcome for the target group", ge=0)
    other: dict[str, Annotated[float, Field(ge=0)]] = Field(
        default_factory=dict, title="Instruments registered elsewhere"
    )


class Evaluation(Section):
    """Stage 4: how projects are evaluated and what hangs on it."""

    weights: EvaluationWeights = lever(
        EvaluationWeights(), "Weights of the evaluation", "评估指标权重", "weight",
        channel="reward", mediators=REWARD,
        price="free: re-weighting a form costs nothing; interviews for the new weights are paid",
        source="Jinan and template forms: 60-85 % counts and documents", confidence="L",
    )
    survey_sample: int = lever(
        30, "Satisfaction interviews per project", "满意度访谈数", "persons", 1, 5000,
        channel="knowledge", mediators=REWARD, price="assumptions.checking.satisfaction_yuan each",
    )
    outcome_sample: int = lever(
        10, "Follow-up interviews per project", "成效回访数", "persons", 1, 5000,
        channel="knowledge", mediators=REWARD,
        price="assumptions.checking.outcome_yuan each, where the outcome has a weight",
    )
    respondents: Literal["chosen", "random"] = lever(
        "chosen", "Who picks the respondents", "受访者产生方式", "",
        channel="knowledge", mediators=REWARD,
        price="a random sample costs assumptions.checking.sampling_yuan a project",
    )
    third_party: bool = lever(
        False, "Third party evaluates", "第三方评估", "", channel="knowledge", mediators=REWARD,
        price="assumptions.checking.third_party_share of the budget",
    )
    audit_probability: float = lever(
        0.05, "Probability that a project is audited", "审计概率", "probability", 0, 1,
        channel="reward", mediators=REWARD, price="assumptions.checking.audit_yuan an audit",
    )
    last_tranche_share: float = lever(
        0.20, "Share paid after evaluation", "尾款比例", "share", 0, 0.6,
        channel="reward", mediators=(*REWARD, "payment"),
        price="free: the same money is paid later; organizations bridge it from reserves",
        source="60/30/10, 50/40/10, 40/40/20 are in use", confidence="L",
    )
    tranche_delay_days: float = lever(
        60.0, "Delay of the last payment", "尾款拨付延迟", "days", 0, 364,
        channel="time", mediators=("payment",),
        price="free: the same money is paid later; organizations bridge it from reserves",
    )
    renewal_threshold: float = lever(
        0.80, "Score that renews an organization", "续约分数线", "score", 0, 1,
        channel="reward", mediators=REWARD,
        price="free: a line drawn elsewhere costs nothing",
    )
    publication: bool = lever(
        False, "Scores are published", "评估结果公开", "", channel="knowledge",
        mediators=("mix", "award", "published", "verdict"), price="assumptions.checking.publication_yuan a "
        "year",
    )


class Linkage(Section):
    """How the four communities meet, and what comes down from above."""

    meeting_every_weeks: int = lever(
        26, "Weeks between joint meetings (0: never)", "联席会议间隔（0：从不）", "weeks", 0, 260,
        channel="knowledge", mediators=("meeting",),
        price="assumptions.linkage.meeting_hours of the committee, of volunteers, and out of "
        "contract hours of each organization at work there",
    )
    campaigns_per_year: int = lever(
        0, "Campaigns handed down a year", "每年下派专项行动数", "campaigns", 0, 6,
        channel="cost", mediators=("campaign",),
        price="they take hours: assumptions.officials.campaign_*",
    )
    campaign_weeks: float = lever(
        4.0, "Length of a campaign", "专项行动时长", "weeks", 1, 8, channel="cost",
        mediators=("campaign",), price="they take hours: assumptions.officials.campaign_*",
    )
    duties_cap: float = lever(
        1.0, "Cap on organization hours a campaign may take (rights and duties list)",
        "权责清单上限", "share", 0, 1, channel="cost", mediators=("campaign",),
        price="what organizations need not do falls back on committee hours",
    )
    blame_cost: float = lever(
        0.0, "How much officers fear blame", "避责强度", "share of usual checks added at most", 0, 3,
        channel="reward", mediators=APPROVAL,
        price="officer hours of the extra checks",
    )
    image_value: float = lever(
        0.0, "How much purchasers gain from show", "政绩形象价值", "share of the weights", 0, 1,
        channel="reward", mediators=("decision", "mix", "verdict"),
        price="free: it moves what is rewarded, not money",
    )


class Policy(Section):
    """All levers, in the order of the purchase cycle."""

    proposal: Proposal = Proposal()
    approval: Approval = Approval()
    implementation: Implementation = Implementation()
    evaluation: Evaluation = Evaluation()
    linkage: Linkage = Linkage()
