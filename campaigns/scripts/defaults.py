"""The scripts a new installation starts with: a made-up health product, in Chinese and English.

They follow the source (7.3.1 三.2): felt need, then function, price and convenience, then confidence in the
brand; the buyer is not the user, buys as a gift, is busy, minds effect and word of mouth more than price.
"""

from __future__ import annotations

from campaigns.scripts.rules import BANS
from campaigns.scripts.schemas import (
    Branch,
    Forbidden,
    Objection,
    ScriptContent,
    ScriptNew,
    ScriptStage,
    StageName,
    Step,
)


def default_scripts() -> list[ScriptNew]:
    return [
        ScriptNew(name="康元保健品推广话术", content=_chinese()),
        ScriptNew(name="Kangyuan health product pitch (English)", content=_english()),
    ]


def _chinese() -> ScriptContent:
    return ScriptContent(
        language="zh",
        product="康元人参礼盒",
        opening=(
            "{name}您好，我是{company}的{agent}。{posted_on}给您寄过一本《{brochure}》，不知您收到了没有？"
            "打扰您两三分钟，现在方便吗？"
        ),
        stages=[
            ScriptStage(
                stage=StageName.FELT_NEED,
                title="感性需求：让客户感到确有需要",
                goal="客户说出为谁操心、最近有什么场合要送礼，或自己有什么不适意的地方。",
                steps=[
                    Step(
                        key="received",
                        say="手册您翻过了吗？里面哪一页给您印象比较深？",
                        hint="没收到或没看，不要责怪，用一句话概括手册。",
                        branches=[
                            Branch(when="没收到", say="那我跟您核对一下地址，重新给您寄一本，再约时间给您电话，好吗？"),
                            Branch(when="没时间看", say="理解，您工作忙。我用半分钟给您说最要紧的一点。", go_to="whom"),
                            Branch(when="看过", say="太好了。您是自己留意，还是替家里人看的？", go_to="whom"),
                        ],
                    ),
                    Step(
                        key="whom",
                        say="很多像您这样工作忙的朋友，是想着父母或长辈。您家里长辈平时睡眠、精神怎么样？",
                        hint="多听，少说。记下为谁买、什么场合（节日、生日、探望）。",
                        branches=[
                            Branch(when="给长辈", say="您真有心。长辈最看重的是您惦记着他们。", go_to="function"),
                            Branch(when="自己用", say="自己忙起来最容易忽略身体，您平时怎么调理？", go_to="function"),
                            Branch(when="没有需要", say="明白。那过节、探望长辈的时候，您一般送些什么？"),
                        ],
                    ),
                ],
            ),
            ScriptStage(
                stage=StageName.RATIONAL_NEED,
                title="理性需求：功能、价格、方便的比较",
                goal="客户问起规格、价格、送货，或在两种规格之间比较。",
                steps=[
                    Step(
                        key="function",
                        say="这款礼盒有国家批准的保健食品标志，批准的功能是增强免疫力。它是保健食品，不能代替药物。",
                        hint="只说批准证书上的功能，一字不加。",
                        branches=[
                            Branch(when="问成分", say="主要是五年生人参，每支的含量印在盒上，手册第六页也有。"),
                            Branch(when="问效果", say="每个人体质不同，我不能向您打包票。我们看重的是老客户的回头率。"),
                        ],
                    ),
                    Step(
                        key="price",
                        say="三十支装三百九十八元，六十支装七百二十八元，送长辈一般选六十支的礼盒。",
                        hint="先说值得，再说价格；对方不敏感就不要反复讲价。",
                        branches=[Branch(when="嫌贵", say="我理解。", go_to="too_expensive")],
                    ),
                    Step(
                        key="convenience",
                        say="您不用跑店里，我们直接送到您或长辈家，货到付款，还可以附上您写的贺卡。",
                        branches=[Branch(when="问多久到", say="一般三到五天，送到前快递会先打电话。")],
                    ),
                ],
            ),
            ScriptStage(
                stage=StageName.TRUST,
                title="认知需求：信心与品牌",
                goal="客户愿意定下来，或约好下一次通话的时间。",
                steps=[
                    Step(
                        key="confidence",
                        say="康元做了十几年，批准文号印在盒上，您可以在市场监管总局的网站查到。收到后七天内不满意可以退货。",
                        branches=[Branch(when="要和家人商量", say="应该的。", go_to="ask_family")],
                    ),
                    Step(
                        key="ask_order",
                        say="那我给您登记一份六十支的礼盒，送到您刚才说的地址，可以吗？",
                        hint="问完就停，等客户回答。",
                        branches=[
                            Branch(when="可以", say="好的，我跟您核对收件人、地址和数量。"),
                            Branch(when="再想想", say="不着急。", go_to="think_over"),
                            Branch(when="不要再打来", say="非常抱歉打扰您，我马上登记，以后不会再给您打电话。"),
                        ],
                    ),
                ],
            ),
        ],
        objections=[
            Objection(
                key="too_expensive",
                objection="太贵了",
                answer="六十支装算下来每天十二块多，一份体面的礼。您也可以先要三十支装，看长辈喜不喜欢。",
            ),
            Objection(
                key="think_over",
                objection="我再考虑考虑",
                answer="好的。您主要是考虑给谁、还是哪方面还不放心？我把资料补给您，过三天再给您电话，几点方便？",
            ),
            Objection(
                key="ask_family",
                objection="要和家里人商量",
                answer="应该的。您看明天下午三点多我再来电话，听听家里的意见，方便吗？",
            ),
            Objection(
                key="afraid_of_fraud",
                objection="电话里卖的靠不住",
                answer="您的谨慎很对。货到您验过再付款，批准文号可以查，七天内可以退。手册背面有公司地址和电话。",
            ),
            Objection(
                key="takes_medicine",
                objection="老人在吃药",
                answer="那请先问一下医生能不能同时食用。这是保健食品，不能代替药物，药要按医嘱继续吃。",
            ),
            Objection(
                key="busy", objection="现在没空", answer="抱歉打扰了。您今天几点空一些？我准时给您来电，两三分钟就好。"
            ),
            Objection(
                key="whence",
                objection="你怎么有我的电话",
                answer="您曾在我们这里留下过资料。如果您不愿意再接到电话，我马上给您登记，以后不再打扰。",
            ),
        ],
        closing="谢谢您的时间。订单、送达时间和退货办法我们会再发给您。祝您和家人健康！",
        must_say=[
            "本品是保健食品，不能代替药物。",
            "收到商品七天内可以无理由退货（消费者权益保护法第二十五条）。",
            "核对收件人、地址、商品、数量、金额和付款方式。",
        ],
        forbidden=[Forbidden(statement=ban.zh, law=ban.law_zh) for ban in BANS],
    )


def _english() -> ScriptContent:
    return ScriptContent(
        language="en",
        product="Kangyuan ginseng gift box",
        opening=(
            "Good morning {name}, this is {agent} of {company}. On {posted_on} we sent you our booklet, {brochure}. "
            "Did it reach you? Do you have two or three minutes?"
        ),
        stages=[
            ScriptStage(
                stage=StageName.FELT_NEED,
                title="Felt need: there is somebody to care for",
                goal="The customer tells whom they think of, or which occasion is near.",
                steps=[
                    Step(
                        key="received",
                        say="Have you had a chance to look into the booklet? Which page stayed with you?",
                        hint="Not received or not read: no reproach; sum it up in one sentence.",
                        branches=[
                            Branch(
                                when="Never came",
                                say="Let me check the address; we post it again and I call you later.",
                            ),
                            Branch(
                                when="No time",
                                say="I understand. Half a minute for the one thing that matters.",
                                go_to="whom",
                            ),
                            Branch(
                                when="Read it",
                                say="Good. Were you looking for yourself, or for the family?",
                                go_to="whom",
                            ),
                        ],
                    ),
                    Step(
                        key="whom",
                        say="Many busy people think of their parents. How do yours sleep, how are their spirits?",
                        hint="Listen. Note for whom, and the occasion.",
                        branches=[
                            Branch(
                                when="For parents",
                                say="That you think of them is what they value most.",
                                go_to="function",
                            ),
                            Branch(when="For myself", say="Who is busy forgets himself first.", go_to="function"),
                            Branch(when="No need", say="I see. What do you usually bring when you visit them?"),
                        ],
                    ),
                ],
            ),
            ScriptStage(
                stage=StageName.RATIONAL_NEED,
                title="Rational need: function, price, convenience",
                goal="The customer asks about sizes, price or delivery.",
                steps=[
                    Step(
                        key="function",
                        say="It carries the state's health food mark, approved for supporting immunity. "
                        "It is health food and no substitute for medicine.",
                        hint="Only the approved function, not a word more.",
                        branches=[
                            Branch(
                                when="What is in it",
                                say="Five-year ginseng; the content is printed on the box and on page six.",
                            ),
                            Branch(
                                when="Does it work",
                                say="People differ, and I make no promises. Our customers come back.",
                            ),
                        ],
                    ),
                    Step(
                        key="price",
                        say="Thirty vials are 398 yuan, sixty are 728; as a present most people take sixty.",
                        hint="Worth first, price second.",
                        branches=[Branch(when="Too expensive", say="I understand.", go_to="too_expensive")],
                    ),
                    Step(
                        key="convenience",
                        say="No way to the shop: we deliver to you or your parents; you pay at the door.",
                    ),
                ],
            ),
            ScriptStage(
                stage=StageName.TRUST,
                title="Trust: confidence in the brand",
                goal="The customer decides, or agrees on the next call.",
                steps=[
                    Step(
                        key="confidence",
                        say="The approval number on the box can be looked up. Within seven days you may send it back.",
                        branches=[Branch(when="Must ask at home", say="Of course.", go_to="ask_family")],
                    ),
                    Step(
                        key="ask_order",
                        say="May I put down one box of sixty to the address you told me?",
                        hint="Ask, then be silent.",
                        branches=[
                            Branch(when="Yes", say="Let us check recipient, address and quantity."),
                            Branch(when="Let me think", say="No hurry.", go_to="think_over"),
                            Branch(
                                when="Never call again", say="I am sorry. I note it at once; we will not call again."
                            ),
                        ],
                    ),
                ],
            ),
        ],
        objections=[
            Objection(
                key="too_expensive",
                objection="Too expensive",
                answer="It is about twelve yuan a day, and a proper present. You might begin with thirty vials.",
            ),
            Objection(
                key="think_over",
                objection="Let me think about it",
                answer="What are you not sure of yet? I send you more, and call in three days; at what time?",
            ),
            Objection(
                key="ask_family",
                objection="I must ask at home",
                answer="Of course. May I call tomorrow after three and hear what they say?",
            ),
            Objection(
                key="afraid_of_fraud",
                objection="I do not trust sales by phone",
                answer="Rightly careful. You pay after looking at it, can look up the approval, and may return it.",
            ),
            Objection(
                key="takes_medicine",
                objection="She takes medicine",
                answer="Then please ask the doctor first. It is no substitute for medicine; the medicine goes on.",
            ),
            Objection(key="busy", objection="No time now", answer="I am sorry. When may I call you, for two minutes?"),
            Objection(
                key="whence",
                objection="Where did you get my number?",
                answer="You left it with us. If you want no calls, I note it at once and we will not call again.",
            ),
        ],
        closing="Thank you for your time. You will get the order, the delivery day and how to return it in writing.",
        must_say=[
            "It is health food and no substitute for medicine.",
            "Within seven days of delivery it may be returned without a reason (Consumer Protection Law, article 25).",
            "Read back recipient, address, items, quantity, amount and way of payment.",
        ],
        forbidden=[Forbidden(statement=ban.en, law=ban.law_en) for ban in BANS],
    )
