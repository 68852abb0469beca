### 门户文字（简体中文）。与 en.ftl 的键和占位符必须完全一致。

## 各页共用

region-name = 内蒙古自治区公共资源交易
service-name = 一证通 CA互认系统
skip-to-content = 跳到主要内容
nav-label = 主导航
nav-home = 首页
nav-platforms = 交易平台
nav-driver = 驱动下载
nav-help = 帮助
language-label = 语言
signed-in-as = 当前登录企业：
sign-out = 退出登录
demo-notice = 演示环境：证书和数据均为样例，请勿填写真实信息。
error-prefix = 错误：
footer-purpose = 一把CA锁、一套驱动，登录全区各盟市公共资源交易平台。
footer-privacy = CA锁密码只在您本机的证书助手窗口中输入，本系统不会看到，也不会保存。
support-title = 技术支持
support-phone = 电话
support-email = 邮箱
support-hours = 服务时间
support-unknown = 技术支持联系方式暂未公布，请先查阅帮助。
support-business = 报名、加解密、标书制作、上传等日常业务问题，请咨询相应盟市交易平台的技术支持。
back-to-home = 返回首页
back-to-login = 返回企业登录
back-to-bind = 返回企业绑定
go-on-signed-in = 以当前登录的企业继续
back-to-platforms = 返回平台选择
link-driver = 前往互通驱动下载和一键检测
link-bind = 前往企业绑定
link-login = 前往企业登录
link-platforms = 查看全部交易平台
link-faq = 查看相关常见问题
link-faq-8 = 查看如何绑定副锁
incident = 事件编号
problem-code = 错误代码
advice-title = 您可以这样做

## 首页

home-title = 首页
home-heading = 一把CA锁，登录全区交易平台
home-lead = 办理一把企业锁，安装一套互通驱动，绑定一次，即可登录全区各盟市公共资源交易平台。
home-sign-in = 企业登录
home-sign-in-hint = 已完成绑定的企业，插入企业锁登录
home-bind = 企业绑定
home-bind-hint = 首次使用，绑定您的企业锁
home-links-title = 常用服务
home-platforms = 交易平台
home-platforms-text = 查看已接入的盟市交易平台及其联系方式
home-driver = 互通驱动下载
home-driver-text = 安装驱动和证书助手，一键检测使用环境
home-help = 帮助与常见问题
home-help-text = 驱动安装、跨平台登录和常见问题处理
home-steps-title = 三步完成跨平台登录
home-step-1-title = 准备企业锁和驱动
home-step-1-text = 在自治区内的CA机构办理企业锁，在电脑上安装互通驱动，插入企业锁并确认能显示证书。
home-step-2-title = 企业绑定
home-step-2-text = 读取证书，填写企业信息，确认申请。每把企业锁只需绑定一次。
home-step-3-title = 登录并进入授权
home-step-3-text = 输入CA锁密码登录，选择盟市交易平台，确认授权后进入该平台。
home-notices-title = 通知公告
home-notices-none = 暂无通知。
home-scope-title = 互认的是锁，不是备案
home-scope-text = 本系统只实现CA锁互认，不涉及主体信息互认。首次进入某个交易平台时，请按该平台要求办理主体信息备案。

## 企业登录

login-title = 企业登录
login-lead = 使用已绑定的企业锁登录自治区统一认证平台。
platform-site = 平台网站
platform-policy = 隐私政策
platform-terms = 服务条款
login-heading-for = 登录后将前往
login-expected = 平台请您使用此统一社会信用代码的企业锁
login-failed-title = 登录没有成功
login-steps-title = 登录步骤
login-step-1 = 将企业锁插入电脑
login-step-2 = 点击“立即登录”，打开证书助手窗口
login-step-3 = 在该窗口中核对内容、选择证书并输入CA锁密码
login-statement-title = 您将用企业锁签名确认以下内容
login-sign = 立即登录
login-no-script-title = 浏览器没有启用脚本
login-no-script = 读取企业锁需要浏览器脚本来打开证书助手窗口。请启用脚本后刷新本页。
login-aside-title = 需要帮助？
login-to-bind = 还没有绑定？前往企业绑定
login-to-driver = 没有安装驱动？互通驱动下载
login-to-help = 忘记密码或登录失败？查看常见问题
login-no-password = 本页面不会要求您输入CA锁密码。密码只在您本机的证书助手窗口中输入。

agent-opening = 正在打开证书助手窗口…
agent-waiting = 请在证书助手窗口中完成操作。若未看到该窗口，请检查是否被其他窗口遮挡。
agent-submitting = 签名完成，正在核验…
agent-reading = 正在读取证书信息…
agent-read = 证书读取成功，请核对后继续。

## 企业绑定

bind-title = 企业绑定
bind-lead = 企业主体证书绑定。每把企业锁只需绑定一次，绑定后即可登录全区各盟市交易平台。
bind-warning = 请使用企业锁进行绑定、请勿使用法人锁进行绑定
bind-failed-title = 绑定没有成功
bind-fields-failed-title = 请更正以下内容
bind-required-note = 除注明“选填”的以外，以下各项均为必填。
bind-part-1 = 读取证书
bind-part-1-hint = 插入企业锁后点击“读取证书”。以下信息来自证书，无需填写。
bind-read = 读取证书
bind-part-2 = 填写企业信息
bind-part-3 = 签名并确认申请
bind-holder_name = 主体名称
bind-key_number = 证书Key号
bind-media_number = 硬件介质号
bind-not-read = 尚未读取
bind-credit_code = 统一社会信用代码
bind-credit_code-hint = 18位，与营业执照一致
bind-region_code = 企业所在地市
bind-region_code-hint = 选择企业注册地所在的盟市或旗县市
bind-ca_platform = CA办理平台
bind-ca_platform-hint = 当前插入的CA数字证书的办理平台
bind-legal_representative = 法人代表
bind-phone = 联系电话
bind-phone-hint = 手机号码，或带区号的固定电话
bind-contact_email = 联系邮箱
bind-contact_email-hint = 企业锁和登录的安全通知将发送到此邮箱，不会提供给任何交易平台
bind-address = 单位地址
bind-subject_types = 主体类型
bind-subject_types-hint = 选择当前符合条件的主体类型，可多选
bind-binder_name = 绑定人姓名
bind-binder_name-hint = 当前办理绑定的操作人员姓名
bind-certificate = 证书
bind-optional = （选填）
region-elsewhere = 内蒙古自治区以外
bind-select = 请选择
bind-statement-title = 您将用企业锁签名确认以下内容
bind-submit = 确认申请
bind-already = 已经绑定过？前往企业登录

## 绑定结果

bound-title = 绑定成功
bound-lead = 企业锁已完成绑定，现在可以登录。
already-bound-title = 已绑定
already-bound-lead = 该企业锁之前已通过本系统进行绑定，可直接登录。
bound-sign-in = 企业登录
bound-next-title = 接下来
bound-next-1 = 使用这把企业锁进行企业登录
bound-next-2 = 查看证书信息，点击“进入授权”
bound-next-3 = 选择盟市交易平台，点击“确认授权”

## 证书信息

certificate-title = 证书信息
certificate-lead = 登录成功。请核对证书信息，然后进入授权。
certificate-platform = 即将前往
certificate-holder = 主体名称
certificate-credit-code = 统一社会信用代码
certificate-lock-role = 锁类型
certificate-subject = 证书主题
certificate-issuer = 颁发者
certificate-authority = CA签发机构
certificate-serial = 证书序列号
certificate-key-number = 证书Key号
certificate-media-number = 硬件介质号
certificate-validity = 有效期
certificate-validity-range = { $from } 至 { $to }
certificate-reminder-title = 证书即将到期
certificate-reminder = 证书还有 { $days } 天到期，请及时联系CA签发机构办理延期。
certificate-enter = 进入授权
certificate-details = 证书详细信息
lock-role-primary = 主锁
lock-role-secondary = 副锁

## 交易平台

platforms-title = 选择盟市交易平台
platforms-title-public = 交易平台
platforms-lead = 请选择准备参与交易的平台。下一步将请您确认授权。
platforms-lead-public = 全区已覆盖的公共资源交易平台。登录后即可选择平台并进入授权。
platforms-search = 搜索平台
platforms-search-hint = 输入盟市或平台名称
platforms-search-submit = 搜索
platforms-search-clear = 显示全部
platforms-count = 共 { $n } 个平台
platforms-none = 没有找到符合条件的平台，请更换关键词。
platforms-choose = 选择
platforms-sign-in = 登录
platforms-choose-label = 选择{ $platform }
platforms-sign-in-label = 登录{ $platform }
platforms-own-site = 请从该平台自己的网站登录页面进入。
platforms-refused = 您已拒绝向“{ $platform }”提供信息，本次没有提供任何信息；此前给予该平台的授权（如有）一并撤销。
platforms-support = 技术支持
zone-region = 自治区本级
zone-west = 西部盟市
zone-east = 东部盟市
platform-state-available = 可登录
platform-state-not-connected = 未接入
platform-state-suspended = 暂停

## 确认授权

consent-title = 确认授权
consent-heading = 授权“{ $platform }”获取以下信息
consent-lead = 确认后，您将以 { $enterprise } 的身份前往该平台，平台将收到下列信息。
consent-data-title = 平台将收到的信息
consent-next-title = 确认后会发生什么
consent-next-1 = 浏览器将前往 { $host }，由该平台请您确认登录。
consent-next-2 = 该平台只能收到上面列出的信息，不会得到您的CA锁密码和私钥。
consent-next-3 = 本次授权会留存记录：企业、企业锁、平台、信息项目、时间。
consent-ask-each-time = 每次登录该平台都会再次请您确认。
consent-remembered = 确认后 { $days } 天内再次登录该平台时，不再询问。
consent-filing-title = 互认的是锁，不是主体信息备案
consent-filing = 目前CA互认只涉及CA锁互认，暂未涉及主体信息互认。如未在该平台办理过主体信息备案，请按当地交易中心的要求注册并提交审核。
consent-grant = 确认授权
consent-refuse = 拒绝
consent-version = 授权文本版本
consent-statement = 授权书
consent-statement-signed = 您的企业锁将签名以下授权书
consent-sign-lead = 该平台要求由登录所用的企业锁对授权书签名。请保持这把锁插入，按下方按钮后在证书助手窗口中核对并输入密码。
consent-sign = 签名并确认授权
consent-failed-title = 没有完成授权
consent-empty = 未提供

scope-openid = 身份标识
scope-enterprise = 企业信息
scope-certificate = 证书信息
scope-contact = 联系方式
claim-sub = 企业标识
claim-name = 主体名称
claim-credit_code = 统一社会信用代码
claim-legal_representative = 法人代表
claim-region_code = 企业所在地市
claim-subject_types = 主体类型
claim-certificate_issuer = CA签发机构
claim-certificate_serial_number = 证书序列号
claim-key_number = 证书Key号
claim-media_number = 硬件介质号
claim-certificate_not_before = 证书有效期起
claim-certificate_not_after = 证书有效期止
claim-x5t-S256 = 证书指纹（SHA-256）
claim-lock_role = 锁类型
claim-phone_number = 联系电话
claim-address = 单位地址

## 错误页

error-title-request = 无法处理这个请求
error-title-outdated = 现在不能这样办理
error-title-refused = 不能继续操作
error-title-not-found = 没有找到这个页面
error-title-slow-down = 操作过于频繁
error-title-unavailable = 服务暂时不可用
error-title-internal = 系统出现故障
error-time = 发生时间
error-typed = 您填写的内容
field-reason = 原因
error-quote = 联系技术支持时，请提供以下信息：

## 帮助

help-title = 帮助
help-lead = 驱动安装、企业绑定、企业登录和常见问题处理。
help-contents = 本页内容
help-driver-title = 安装互通驱动
help-driver-1 = 在“互通驱动下载”页面，或从各盟市交易平台提供的链接，下载“CA互认互通驱动”。
help-driver-2 = 双击安装程序，点击“快速安装”（推荐，安装在默认位置）；需要更改位置时选择“自定义安装”。
help-driver-3 = 插入CA锁，打开证书助手，点击“证书显示”。显示CA数字证书信息，即表示安装成功。
help-driver-link = 前往互通驱动下载
help-cross-title = 跨平台登录
help-cross-1 = 企业绑定：插入企业锁，点击“读取证书”，填写信息，点击“确认申请”。
help-cross-2 = 企业登录：点击“立即登录”，在证书助手窗口中输入CA锁密码。
help-cross-3 = 查看证书信息，点击“进入授权”，选择盟市交易平台。
help-cross-4 = 点击“确认授权”，进入第三方平台信息确认页面后，点击“确认登录”。
help-cross-5 = 在该平台办理过主体信息备案且已审核通过的，可以直接参与投标；没有办理过的，请按该平台要求填写信息并提交审核，具体流程请咨询当地交易中心。
help-faq-title = 常见问题处理

faq-1-question = 投标单位已在赤峰市公共资源交易中心注册成功，主体信息也已审核通过，登录呼和浩特市公共资源交易中心投标，还需要带相关资料到当地审核吗？
faq-1-answer =
    目前全区CA互认只涉及CA锁（UKey）互认，暂未涉及主体信息互认。
    举例说明：投标单位已在赤峰市公共资源交易平台注册诚信库信息，并提交审核通过；如果想通过CA互认系统跨平台登录到呼和浩特市公共资源交易平台进行主体交易活动，而之前未在呼和浩特平台注册，则需要按照当地交易中心的要求进行注册、审核。
faq-2-question = 法人锁能否通过CA互认系统跨平台进行投标？
faq-2-answer = 法人锁不支持跨平台投标，请使用企业锁进行相关交易活动。
faq-3-question = 在CA互认系统绑定时，提示“统一社会信用代码”重复，如何解决？
faq-3-answer =
    出现此提示，是由于贵公司名下已有CA数字证书（UKey）在自治区CA互认系统中绑定。
    请在公司内部沟通，找到已绑定过的CA数字证书，再按照常见问题第8条绑定公司其他CA锁。
faq-4-question = 在内蒙古自治区以外的省、市办理的CA锁，能否在自治区内互认使用？
faq-4-answer = 不可以。投标单位必须使用“内蒙古自治区内”办理的CA数字证书。
faq-5-question = 登录自治区CA互认系统，提示“初始化签名证书选择模式失败”或“没有检测到证书助手”，怎么办？
faq-5-answer =
    请确认互通驱动（内蒙古互通版）是否安装成功；没有安装的，请按照登录系统帮助页面中“安装互通驱动”的步骤安装。
    已经安装的，请打开证书助手，点击“一键检测”，按提示修复后重试。
faq-6-question = 投标单位名称变更后，如何使用自治区CA数字证书互认系统？
faq-6-answer =
    投标单位名称如发生变更，需要按照以下流程依次修改信息：
    1、前往各盟市交易平台，修改“诚信库信息”并提交审核通过；
    2、前往CA机构办理网点，修改CA数字证书中的单位名称；
    3、携带相关材料前往内蒙古自治区政府采购中心（呼和浩特市新城区呼伦贝尔北路89号515办公室）进行信息变更。
faq-7-question = CA数字证书密码忘记怎么办？
faq-7-answer =
    请联系CA数字证书签发机构重置密码。
    密码输入错误时，页面会显示剩余的尝试次数；次数用完后CA锁将被锁定，同样需要联系签发机构处理。
faq-8-question = 本公司有两把以上CA数字证书，都想通过CA互认系统跨平台登录，如何操作？
faq-8-answer =
    1、使用首次在CA互认系统绑定的CA数字证书（主锁）登录系统，前往平台选择页面，点击“个人信息登录”，进入个人信息维护界面；
    2、点击“修改信息”，进入“证书绑定”，拔掉当前插入的主锁；
    3、插入备用副锁，点击“读取证书”，正常显示“证书Key号”“硬件介质号”后，点击“激活”，完成副锁绑定。
    注：绑定副锁时，要求主锁与副锁的单位名称一致，否则绑定失败。
faq-9-question = 投标单位如何自行解除副锁绑定？
faq-9-answer =
    1、使用首次在CA互认系统绑定的CA数字证书（主锁）登录系统，前往平台选择页面，点击“个人信息登录”，进入个人信息维护界面；
    2、点击“修改信息”，在“证书绑定”页面选择需要删除的记录，点击“删除”。
    副锁删除后，用它登录的会话随即终止。主锁不能通过这种方式删除。
faq-10-question = 投标单位的CA锁遗失（本单位仅有一把CA锁），如何解除绑定？
faq-10-answer = 主锁丢失的，请先联系CA数字证书签发机构进行“挂失”，再联系CA互认系统技术人员进行信息更新操作。
faq-11-question = 登录时提示“该证书已被吊销，请联系CA签发机构”，如何处理？
faq-11-answer = 出现上述情况，可能是您的CA数字证书已过期或已挂失，详情请联系CA数字证书签发机构确认。
faq-12-question = 在交易平台使用中遇到日常业务问题（报名、加解密、标书制作、上传等），如何处理？
faq-12-answer = 各盟市交易平台的日常业务问题，请咨询当地技术支持人员。各平台的联系方式见“交易平台”页面。

## 互通驱动下载

driver-title = 互通驱动下载
driver-lead = 互通驱动和证书助手安装在您的电脑上，用于读取CA锁、输入CA锁密码并完成签名。全区各盟市交易平台通用。
driver-downloads-title = 下载
driver-version = 版本
driver-download = 下载
driver-download-label = 下载适用于 { $system } 的互通驱动
driver-none = 当前没有可下载的安装包，请通过各盟市交易平台提供的“CA互认互通驱动”链接下载。
driver-demo = 演示环境：证书助手已在本机运行，无需下载安装。
driver-sha256 = SHA-256 校验值
driver-steps-title = 安装步骤
driver-step-1-title = 下载并打开安装程序
driver-step-1-text = 选择与您电脑系统一致的安装包，下载完成后双击打开。
driver-step-2-title = 点击“快速安装”
driver-step-2-text = 推荐使用默认位置；需要更改位置时选择“自定义安装”。安装过程无其他软件附带。
driver-step-3-title = 插入CA锁并查看证书
driver-step-3-text = 打开证书助手，点击“证书显示”，能看到CA数字证书信息即表示安装成功。
driver-check-title = 检查是否安装成功
driver-check-text = 在本机打开证书助手，使用“一键检测”检查驱动、CA锁和证书，并按提示修复。
driver-check-link = 打开本机证书助手
driver-trouble-title = 没有显示证书信息？
driver-trouble-1 = 重新安装互通驱动
driver-trouble-2 = 更换其他电脑安装互通驱动
driver-trouble-3 = 联系CA办理机构，确认CA锁是否存在问题
driver-safety-title = 安全说明
driver-safety-text = 互通驱动只在您本机运行，只响应本系统的签名请求，不安装根证书，也不记录CA锁密码。

## 退出与跳转

signed-out-title = 已退出登录
signed-out-lead = 您已退出本系统。请拔下企业锁并妥善保管。
signed-out-lead-waiting = 您已退出本系统，并已通知本次进入的交易平台；尚未确认的平台由系统继续通知。请拔下企业锁并妥善保管。
signed-out-lead-rest = 您已退出本系统。下列平台中，未随之退出的，请您在该平台自行退出；然后拔下企业锁并妥善保管。
signed-out-platforms = 本次进入的交易平台
signed-out-confirmed = 已确认退出
signed-out-waiting = 尚未确认（系统会继续通知）
signed-out-failed = 平台未能退出，请自行退出
signed-out-unsupported = 不支持自动退出，请自行退出
signed-out-look-again = 查看最新状态
confirm-sign-out-title = 确认退出登录？
confirm-sign-out-lead = 确认后将退出本系统，并通知本次进入的交易平台一并退出。
confirm-sign-out-lead-from = 您从{ $platform }来到这里。确认后将退出本系统，并通知本次进入的交易平台一并退出。
confirm-sign-out-stay = 不退出
sign-out-here = 退出登录
signed-out-onward = 返回{ $platform }
signed-out-again = 重新登录
redirecting-title = 正在前往{ $platform }
redirecting-lead = 如果浏览器没有自动跳转，请点击下面的按钮。
redirecting-continue = 继续前往

## 问题与建议：problem-<代码> 与 problem-<代码>-advice（每行一条建议）

problem-no-agent = 没有检测到证书助手，无法初始化签名证书。
problem-no-agent-advice =
    请确认互通驱动（内蒙古互通版）已安装并正在运行。
    没有安装的，请先下载并安装互通驱动；已经安装的，请打开证书助手并点击“一键检测”。
problem-agent-version = 证书助手的版本过旧，不能用于本系统。
problem-agent-version-advice = 请在证书助手中点击“软件升级”，或重新下载安装最新的互通驱动。
problem-popup-blocked = 浏览器阻止了证书助手窗口。
problem-popup-blocked-advice = 请允许本网站打开弹出窗口，然后重试。
problem-agent-failed = 证书助手未能完成操作。
problem-agent-failed-advice = 请打开证书助手，点击“一键检测”，按提示修复后重试。
problem-no-lock = 没有检测到CA锁。
problem-no-lock-advice =
    请将企业锁插入电脑，等待指示灯亮起后重试。
    仍未检测到的，请更换USB接口，或在证书助手中点击“一键检测”。
problem-only-encryption-certificate = CA锁中只有加密证书，没有可用于登录的签名证书。
problem-only-encryption-certificate-advice = 请联系CA签发机构，确认锁中的签名证书是否正常。
problem-legal-person-lock = 法人锁不支持跨平台投标，请使用企业锁。
problem-legal-person-lock-advice = 请拔下法人锁，插入企业锁后重试。
problem-lock-kind-undecidable = 无法判断这把CA锁是企业锁还是法人锁，不能继续。
problem-lock-kind-undecidable-advice = 请联系CA签发机构确认锁的类型，并将事件编号告知技术支持。
problem-foreign-ca = 必须是“内蒙古自治区内”办理的CA数字证书。
problem-foreign-ca-advice = 在自治区以外办理的CA锁不能使用。请使用自治区内CA机构签发的企业锁。
problem-pin-wrong = CA锁密码错误，还可以尝试 { $n } 次。
problem-pin-wrong-advice =
    请核对密码后重试；次数用完后CA锁将被锁定。
    忘记密码的，请联系CA签发机构重置密码。
problem-pin-wrong-unknown = CA锁密码错误。
problem-pin-wrong-unknown-advice =
    请核对密码后重试；连续输错会导致CA锁被锁定。
    忘记密码的，请联系CA签发机构重置密码。
problem-pin-locked = CA锁已被锁定。
problem-pin-locked-advice = 密码错误次数过多。请联系CA签发机构解锁并重置密码。
problem-cancelled = 您取消了操作。
problem-cancelled-advice = 没有进行签名。需要继续时，请重新点击按钮。
problem-timed-out = 操作超时。
problem-timed-out-advice = 证书助手没有在规定时间内完成操作。请准备好CA锁和密码后重试。
problem-lock-removed = 操作过程中CA锁被拔出。
problem-lock-removed-advice = 请重新插入企业锁，在操作完成前不要拔出。
problem-busy = 证书助手正在处理另一个操作。
problem-busy-advice = 请先完成或关闭已打开的证书助手窗口，然后重试。
problem-origin-refused = 证书助手不信任当前网站，拒绝了请求。
problem-origin-refused-advice = 请确认浏览器地址栏中的网址是自治区CA互认系统；网址正确的，请将互通驱动升级到最新版本。

problem-proof-missing = 没有收到企业锁的签名。
problem-proof-missing-advice = 请在浏览器中启用脚本，点击按钮并在证书助手窗口中完成签名。
problem-proof-malformed = 收到的签名数据格式不正确。
problem-proof-malformed-advice = 请刷新页面后重新签名；仍有问题的，请升级互通驱动。
problem-challenge-expired = 页面停留时间过长，本次签名请求已失效。
problem-challenge-expired-advice = 页面已更新，请重新点击按钮并签名。已填写的内容仍然保留，无需重新填写。
problem-challenge-of-other-browser = 本次签名请求不属于当前浏览器。
problem-challenge-of-other-browser-advice = 请在同一个浏览器中打开页面并完成签名，不要使用他人发来的链接。
problem-signature-invalid = 签名核验未通过。
problem-signature-invalid-advice = 请重新插入企业锁后再试；仍未通过的，请联系CA签发机构检查CA锁。
problem-algorithm-mismatch = 签名算法与证书不一致。
problem-algorithm-mismatch-advice = 请将互通驱动升级到最新版本后重试。
problem-certificate-expired = 该证书已过期，请联系CA签发机构。
problem-certificate-expired-advice = 请向CA签发机构办理证书延期，完成后再登录。
problem-certificate-not-yet-valid = 该证书尚未生效。
problem-certificate-not-yet-valid-advice = 请在证书有效期开始后使用，或联系CA签发机构确认。
problem-certificate-revoked = 该证书已被吊销，请联系CA签发机构。
problem-certificate-revoked-advice = 被吊销的证书（例如已挂失或已更换）不能继续使用，详情请联系CA签发机构确认。
problem-issuer-revoked = 签发该证书的上级CA证书已被吊销，请联系CA签发机构。
problem-issuer-revoked-advice = 这并不说明该锁本身的状态。何时可以继续使用请咨询CA签发机构，或将事件编号告知技术支持。
problem-ca-unreadable = 暂时无法核验该证书，为安全起见不能继续。
problem-ca-unreadable-advice = 该证书所属CA办理机构的登记信息暂时无法读取。请稍后重试；多次失败的，请将事件编号告知技术支持。
problem-ca-suspended = 签发该证书的CA办理机构已被暂停互认，目前不能使用其CA锁。
problem-ca-suspended-advice = 请使用其他CA机构签发的企业锁；恢复时间请咨询CA签发机构，或将事件编号告知技术支持。
problem-certificate-algorithm-not-allowed = 该证书的密钥算法不在其CA办理机构的许可范围内。
problem-certificate-algorithm-not-allowed-advice = 请联系CA签发机构更换证书，或将事件编号告知技术支持。
problem-revocation-unavailable = 暂时无法确认该证书是否有效，为安全起见不能继续。
problem-revocation-unavailable-advice = 证书状态查询服务暂时没有响应。请稍后重试；多次失败的，请将事件编号告知技术支持。
problem-certificate-key-weak = 该证书的密钥强度不足，不能使用。
problem-certificate-key-weak-advice = 请联系CA签发机构更换证书。
problem-certificate-invalid = 该证书未通过核验。
problem-certificate-invalid-advice = 请联系CA签发机构确认证书是否正常，并将事件编号告知技术支持。
problem-certificate-not-for-signing = 该证书不能用于签名登录。
problem-certificate-not-for-signing-advice = 请在证书助手窗口中选择签名证书，不要选择加密证书。
problem-no-credit-code = 证书中没有统一社会信用代码。
problem-no-credit-code-advice = 请联系CA签发机构，更换包含统一社会信用代码的企业证书。
problem-conflicting-credit-codes = 证书中有多个不一致的统一社会信用代码，不能使用。
problem-conflicting-credit-codes-advice = 请联系CA签发机构更正证书。
problem-bad-credit-code = 统一社会信用代码不正确。
problem-bad-credit-code-advice = 请核对营业执照上的18位代码，注意不使用字母I、O、S、V、Z。
problem-certificate-credit-code-bad = 证书中的统一社会信用代码有误，校验位不正确，不能使用。
problem-certificate-credit-code-bad-advice = 这是证书本身的问题，无法通过修改填写内容解决。请联系CA签发机构更正或更换证书。
problem-certificate-unreadable = 无法读取证书助手提供的证书。
problem-certificate-unreadable-advice = 请重新点击“读取证书”；仍有问题的，请升级互通驱动，并将事件编号告知技术支持。
problem-credit-code-mismatch = 填写的统一社会信用代码与证书中的不一致。
problem-credit-code-mismatch-advice = 请核对填写内容，并确认插入的是本企业的企业锁。
problem-credit-code-bound = 该统一社会信用代码已绑定其他CA锁。
problem-credit-code-bound-advice =
    贵公司名下已有CA数字证书在本系统中绑定，请在公司内部找到已绑定的那把锁（主锁）。
    使用主锁登录后，点击“个人信息登录”，在“证书绑定”中读取并激活当前的锁，将它添加为副锁。
    如果当前的锁是换领的新锁，用来代替即将到期的主锁，激活后再将它设为主锁；原主锁已不能登录的，请联系CA互认系统技术人员。
problem-already-bound = 该企业锁已绑定，无需重复申请。
problem-already-bound-advice = 请直接使用这把企业锁进行企业登录。
problem-not-bound = 这把企业锁还没有绑定。
problem-not-bound-advice = 请先进行企业绑定，绑定成功后再登录。
problem-enterprise-renamed = 证书中的单位名称与绑定时不一致，请先办理名称变更。
problem-enterprise-renamed-advice =
    1、前往各盟市交易平台，修改“诚信库信息”并提交审核通过；
    2、前往CA机构办理网点，修改CA数字证书中的单位名称；
    3、携带相关材料前往内蒙古自治区政府采购中心（呼和浩特市新城区呼伦贝尔北路89号515办公室）进行信息变更。
problem-lock-not-active = 这把CA锁已停用，不能登录。
problem-lock-not-active-advice =
    请使用其他已绑定的企业锁登录；副锁已删除的，可以用主锁登录后重新激活。
    锁已挂失的，请联系CA互认系统技术人员。
problem-bound-lock-not-active = 这把CA锁以前绑定过，现已停用，不能再次绑定。
problem-bound-lock-not-active-advice =
    曾作为副锁被删除的：请用主锁登录，在“证书绑定”页面重新读取并激活这把锁。
    已挂失或已吊销的锁不能再使用：请换用另一把企业锁；没有其他企业锁的，请联系CA互认系统技术人员。
problem-certificate-credit-code-differs = 证书中的统一社会信用代码与绑定的企业不一致。
problem-certificate-credit-code-differs-advice = 请确认插入的是本企业的企业锁；仍有疑问的，请联系CA互认系统技术人员。
problem-enterprise-suspended = 该企业的使用已被暂停。
problem-enterprise-suspended-advice = 请联系CA互认系统技术人员了解原因。
problem-platform-unknown = 没有找到这个交易平台。
problem-platform-unknown-advice = 请返回平台列表重新选择，或从交易平台的登录页面重新进入。
problem-platform-not-connected = 该交易平台尚未接入CA互认系统。
problem-platform-not-connected-advice = 请选择其他平台，或咨询该平台的技术支持。
problem-platform-suspended = 该交易平台暂停通过CA互认系统登录。
problem-platform-suspended-advice = 请稍后再试，或咨询该平台的技术支持。
problem-redirect-uri-mismatch = 交易平台提供的返回地址没有登记，为安全起见不能继续。
problem-redirect-uri-mismatch-advice = 请联系该交易平台的技术支持，并提供事件编号。
problem-request-invalid = 请求的内容不正确。
problem-request-invalid-advice = 请返回上一页重试，或从交易平台的登录页面、本系统首页重新开始；程序请对照接口文档核对参数。仍有问题的，请联系技术支持。
problem-logout-hint-invalid = 交易平台的退出请求无法核实。
problem-logout-hint-invalid-advice = 需要退出的，请在本系统点击“退出登录”。仍有问题的，请联系该平台的技术支持，并提供事件编号。
problem-logout-client-mismatch = 交易平台的退出请求前后不一致，不能执行。
problem-logout-client-mismatch-advice = 需要退出的，请在本系统点击“退出登录”。仍有问题的，请联系该平台的技术支持，并提供事件编号。
problem-logout-uri-mismatch = 交易平台提供的退出后返回地址没有登记，为安全起见不能执行。
problem-logout-uri-mismatch-advice = 需要退出的，请在本系统点击“退出登录”。仍有问题的，请联系该平台的技术支持，并提供事件编号。
problem-request-unusable = 交易平台的登录请求不能使用：可能已经失效、已被使用，或签名不正确。
problem-request-unusable-advice = 请从交易平台的登录页面重新开始；仍有问题的，请联系该平台的技术支持，并提供事件编号。
problem-request-expired = 登录请求已失效。
problem-request-expired-advice = 请从交易平台的登录页面或本系统首页重新开始。
problem-session-expired = 登录已结束，请重新登录。
problem-session-expired-advice = 请插入企业锁，重新进行企业登录。
problem-form-expired = 页面停留时间过长，会话已结束，本次操作没有办理。
problem-form-expired-advice = 已填写的内容仍然保留。请核对后重新点击按钮并签名。
problem-page-outdated = 这个页面已过时：您已在本浏览器的其他标签页中登录。
problem-page-outdated-advice =
    您可以直接以当前登录的企业继续，无需再次签名。
    需要换用其他企业锁的，请先退出登录。
problem-csrf = 无法确认这个操作是您本人在本页面发起的。
problem-csrf-advice = 请返回页面并刷新后重新操作，并确认浏览器允许本网站使用Cookie。
problem-not-found = 您访问的页面不存在或已移动。
problem-not-found-advice = 请检查网址是否正确，或从首页重新进入。
problem-method-not-allowed = 这个网址不支持当前的访问方式。
problem-method-not-allowed-advice = 请从首页重新进入，不要直接刷新提交过的页面。
problem-too-large = 提交的内容过大。
problem-too-large-advice = 请减少填写内容或选择较小的文件后重新提交。用浏览器返回上一页，已填写的内容仍在。
problem-too-many-requests = 短时间内请求过多，本次请求没有处理。
problem-too-many-requests-advice = 请稍等一分钟再试；单位多人共用同一网络出口、仍反复出现的，请联系技术支持。
problem-unavailable = 服务暂时无法响应。
problem-unavailable-advice = 请稍后重试；长时间不可用的，请联系技术支持。
problem-internal = 系统内部出现错误，操作没有完成。
problem-internal-advice = 请稍后重试；仍有问题的，请将事件编号告知技术支持。
problem-fields-invalid = 有些信息没有填写或填写不正确。
problem-fields-invalid-advice = 请按提示更正后重新提交。
problem-field-required = 请填写{ $field }。
problem-field-unseen = { $field }中含有看不见的字符，请重新输入。
problem-field-too-long = { $field }不能超过 { $max } 个字符。
problem-phone-malformed = 联系电话格式不正确，请填写手机号码或带区号的固定电话。
problem-phone-malformed-advice = 例如 13800000000 或 0471-0000000。
problem-email-malformed = 联系邮箱格式不正确，请填写一个完整的邮箱地址。
problem-email-malformed-advice = 例如 office@example.cn；没有邮箱的可以留空。
problem-region-unknown = 请从列表中选择企业所在地市。
problem-region-unknown-advice = 请在列表中选择企业注册地所在的盟市或旗县市。
problem-subject-type-required = 请至少选择一种主体类型。
problem-subject-type-required-advice = 可以选择多种主体类型。


# What a lock is asked to sign: shown in the agent's window, in the words of the page.
statement-consent =
    授权书（第{ $version }版）
    授权方：{ $enterprise }（统一社会信用代码 { $code }）
    接收方：{ $platform }（平台编号 { $client }）
    授权内容：由一证通向接收方提供本企业的下列信息——{ $data }
    用途：供接收方识别本企业、办理登录和公共资源交易业务
    期限：{ $lasts }
    本企业可随时在一证通“授权管理”中撤销本授权；撤销后，接收方不能再据此获取信息。
    内蒙古自治区公共资源交易平台CA互认系统（一证通）：{ $origin }
statement-consent-once = 仅用于本次登录，每次登录须重新确认
statement-consent-days = 自确认之时起{ $days }天内，接收方可据此办理登录，不再询问
statement-login = 本企业使用本企业锁登录内蒙古自治区公共资源交易平台CA互认系统（一证通）：{ $origin }
statement-bind = 本企业申请将本企业锁绑定到内蒙古自治区公共资源交易平台CA互认系统（一证通）：{ $origin }

# 主体类型
subject-type-bidder = 投标人
subject-type-supplier = 供应商
subject-type-tenderer = 招标人
subject-type-purchaser = 采购人
subject-type-tender-agency = 招标代理机构
subject-type-auction-bidder = 竞买人

## 个人信息维护

nav-account = 个人信息
link-locks = 返回证书绑定
link-consents = 返回授权管理
link-sessions = 返回在线会话
certificate-reminder-what = 证书延期后，直接用新证书登录即可继续使用这把锁，无需重新绑定。
certificate-renamed = 已识别为单位名称变更：这把锁的新名称证书已生效，原名称的证书不能再登录。
certificate-renewed = 已识别为证书延期：这把锁的新证书已生效，旧证书不能再登录。
account-sign-in = 个人信息登录
account-menu = 个人信息维护
account-title = 个人信息维护
account-lead = 查看和修改本企业的信息，管理企业锁、授权和登录。
account-information = 01 基本信息
account-locks = 02 证书绑定
account-consents = 03 授权管理
account-history = 04 登录记录
account-sessions = 05 在线会话
account-failed-title = 修改没有保存
account-saved = 已保存。
account-facts-title = 登记信息
account-facts-note = 以上各项以登记材料为准，各交易平台据此识别企业，只能由CA互认系统技术人员核对材料后更正。
account-edit = 修改信息
account-edit-locks = 绑定或删除副锁
account-save = 保存
account-keep = 返回，不做更改
locks-lead = 本企业绑定的企业锁。主锁可以激活、删除副锁，或将副锁设为主锁。
locks-failed-title = 激活没有成功
locks-done-activated = 证书Key号为 { $key } 的企业锁已激活，可以登录。
locks-done-removed = 证书Key号为 { $key } 的副锁已删除，用它登录的会话和授权已终止。
locks-done-promoted = 证书Key号为 { $key } 的企业锁现在是主锁。
locks-number = 序号
locks-holder = 证书单位名称
locks-not-after = 证书有效期
locks-state = 状态
locks-actions = 操作
locks-days-left = 还有 { $days } 天
locks-this = 当前登录
locks-remove = 删除
locks-remove-label = 删除证书Key号为 { $key } 的副锁
locks-promote = 设为主锁
locks-promote-label = 设为主锁：证书Key号 { $key }
lock-state-active = 有效
lock-state-expired = 证书已过期
lock-state-removed = 已删除
lock-state-lost = 已挂失
lock-state-revoked = 已吊销
locks-activate-title = 激活副锁
locks-step-1 = 拔下当前插入的主锁，插入要激活的企业锁
locks-step-2 = 点击“读取证书”，核对证书Key号和硬件介质号
locks-step-3 = 点击“激活”，在证书助手窗口中用这把锁签名
locks-note = 绑定副锁时，要求主锁与副锁的单位名称一致，否则绑定失败。
locks-statement-title = 这把锁将签名确认以下内容
locks-activate = 激活
locks-primary-only = 当前使用副锁登录，只能查看。激活或删除副锁，请使用主锁登录。
locks-lost = 企业锁遗失的，请先向CA签发机构挂失，再联系CA互认系统技术人员。
remove-lock-title = 删除副锁
remove-lock-lead = 删除后，用这把锁登录的会话和平台授权立即终止。需要再次使用时，可以用主锁重新激活。
remove-lock-confirm = 确认删除
promote-lock-title = 设为主锁
promote-lock-lead = 当前的主锁将改为副锁。请插入当前的主锁签名确认。
promote-lock-failed-title = 主锁没有更换
promote-lock-statement-title = 当前的主锁将签名确认以下内容
promote-lock-sign = 签名并更换主锁
consents-lead = 各交易平台可以获取的信息。撤销后，平台已得到的访问权限立即失效。
consents-none = 目前没有有效的授权。
consents-since = 授权时间
consents-last-used = 最近使用
consents-never-used = 尚未使用
consents-revoke = 撤销授权
consents-revoke-label = 撤销授权：{ $platform }
consents-revoked = 已撤销对“{ $platform }”的授权。
revoke-consent-title = 撤销授权
revoke-consent-heading = 撤销对“{ $platform }”的授权
revoke-consent-lead = 撤销后，该平台不能再读取下列信息；下次登录该平台时会重新请您确认。已经进入该平台的，会通知平台一并退出；平台不支持自动退出的，请在平台上退出。
revoke-consent-confirm = 确认撤销
history-lead = 本企业最近 { $n } 次登录，登录记录保留 { $days } 天。发现不是本企业人员的登录，请立即在“在线会话”中终止，并联系CA签发机构。
sessions-lead = 本企业当前有效的登录。终止后，对方需要重新用企业锁登录。
sessions-begun = 登录时间
sessions-seen = 最近使用
sessions-lock = 企业锁
sessions-address = 网络地址
sessions-agent = 浏览器
sessions-stage = 状态
sessions-this = 本次登录
sessions-end = 终止
sessions-end-others = 终止其他全部会话
sessions-end-all = 终止全部会话并退出登录
sessions-more = 这里只列出最近的 { $n } 次登录。点击下面的按钮，未列出的会话也会一并终止。
sessions-ended = 所选会话已终止。
sessions-note = 最近使用时间精确到分钟。终止时会通知已经进入的交易平台一并退出，不支持自动退出的平台请在平台上退出。副锁只能终止用它自己登录的会话。
session-live = 在线
session-over = 已超时
session-signed-out = 已退出
session-replaced = 同一浏览器重新登录
session-ended-by-enterprise = 由本企业终止
session-lock-ended = 企业锁已停用或已换发证书
session-ended-by-operator = 由技术人员终止
problem-certificate-superseded = 这把锁已有更新的证书，旧证书不能继续使用。
problem-certificate-superseded-advice = 请在证书助手窗口中选择延期后的新证书。找不到新证书的，请联系CA签发机构。
problem-certificate-name-outdated = 证书中的单位名称是变更前的名称，不能继续使用。
problem-certificate-name-outdated-advice = 名称变更已办理。请使用变更后新名称的证书登录；还没有新证书的，请前往CA机构办理网点修改证书中的单位名称。
problem-not-primary-lock = 只有主锁可以管理企业锁。
problem-not-primary-lock-advice = 请退出登录，使用主锁重新登录后再操作。
problem-lock-already-active = 这把企业锁已经属于本企业，可以直接登录。
problem-lock-already-active-advice = 无需再次激活。证书延期或更换的，直接用新证书登录即可。
problem-lock-bound-elsewhere = 这把企业锁已绑定其他企业，不能再绑定、激活或用于本企业登录。
problem-lock-bound-elsewhere-advice = 请确认插入的是本企业的企业锁；仍有疑问的，请联系CA互认系统技术人员。
problem-lock-ended-for-ever = 这把企业锁已挂失或已吊销，不能再次激活。
problem-lock-ended-for-ever-advice = 请向CA签发机构办理新的企业锁。
problem-lock-name-differs = 主锁与副锁的单位名称不一致，不能激活。
problem-lock-name-differs-advice = 请使用单位名称与本企业一致的企业锁；单位名称已变更的，请先办理名称变更。
problem-lock-credit-code-differs = 证书中的统一社会信用代码不是本企业的，不能激活。
problem-lock-credit-code-differs-advice = 请确认插入的是本企业的企业锁；证书有误的，请联系CA签发机构更正。
problem-not-the-lock-signed-in = 签名的不是本次登录所用的企业锁，没有授权。
problem-not-the-lock-signed-in-advice = 请插入登录时使用的企业锁，重新签名。要用另一把锁，请先退出登录，再用那把锁登录。
problem-not-the-primary-signature = 签名的不是当前的主锁，主锁没有更换。
problem-not-the-primary-signature-advice = 请插入当前的主锁，重新签名。主锁已遗失的，请联系CA互认系统技术人员。
problem-lock-unknown = 没有找到这把副锁，或它已停用。
problem-lock-unknown-advice = 请返回“证书绑定”页面，查看最新的列表。
problem-primary-lock-stays = 主锁不能删除。
problem-primary-lock-stays-advice = 需要停用主锁的，请先将另一把副锁设为主锁；主锁遗失的，请先向CA签发机构挂失，再联系CA互认系统技术人员。
problem-information-changed = 信息在您填写期间已被修改，本次没有保存。
problem-information-changed-advice = 您填写的内容仍然保留。请核对后重新点击“保存”。
problem-information-unsaved = 系统暂时无法保存，本次没有保存。
problem-information-unsaved-advice = 您填写的内容仍然保留。请稍后再次点击“保存”。
problem-information-stale = 登录已结束或已变化，本次没有保存。
problem-information-stale-advice = 您填写的内容仍然保留。已退出登录的，请在新标签页中重新登录，再回到本页点击“保存”。
problem-consent-not-in-force = 没有找到对该平台的有效授权。
problem-consent-not-in-force-advice = 它可能已被撤销。请返回“授权管理”页面，查看最新的列表。
problem-session-unknown = 没有找到这个会话，或它已结束。
problem-session-unknown-advice = 请返回“在线会话”页面，查看最新的列表。
statement-activate-lock = 本企业（{ $enterprise }）申请将本企业锁激活为副锁，用于登录内蒙古自治区公共资源交易平台CA互认系统（一证通）：{ $origin }
statement-promote-lock = 本企业（{ $enterprise }）同意将证书Key号为 { $key } 的副锁设为主锁，当前主锁（证书Key号 { $primary }）改为副锁：{ $origin }
# 通知：邮件与短信
notification-sign = 【一证通】
notification-greeting = { $enterprise }：
notification-footer = 此邮件由内蒙古自治区公共资源交易平台CA互认系统（一证通）自动发送，请勿回复。我们不会通过邮件或短信索取企业锁PIN码、验证码或证书文件。
notification-not-you-mail = 如非本单位操作，请立即登录 { $origin } ，在“证书绑定”和“在线会话”中检查并停用，再联系CA互认系统技术人员。
notification-not-you-call-mail = 如非本单位操作，请立即登录 { $origin } ，在“证书绑定”和“在线会话”中检查并停用，或致电CA互认系统技术人员：{ $phone }。
notification-not-you-sms = 如非本单位操作，请速登录检查。
notification-not-you-call-sms = 如非本单位操作，请速致电{ $phone }。
notification-renew-mail = 请尽快向CA签发机构办理延期。延期后用新证书登录一次即可继续使用，无需重新绑定。
notification-renew-sms = 请尽快向CA机构办理延期。
notification-lock-bound-subject = 企业锁已完成绑定
notification-lock-bound-text = 企业锁（{ $role }，证书Key号末位 { $key }，{ $ca }）已于 { $when } 完成绑定，可用于登录各交易平台。
notification-lock-bound-sms = 企业锁（尾号{ $key }）已于{ $short }完成绑定。
notification-lock-activated-subject = 新的企业锁已激活
notification-lock-activated-text = 企业锁（{ $role }，证书Key号末位 { $key }，{ $ca }）已于 { $when } 激活，可用于登录各交易平台。
notification-lock-activated-sms = 企业锁（尾号{ $key }）已于{ $short }激活为副锁。
notification-lock-removed-subject = 企业锁已删除
notification-lock-removed-text = 企业锁（{ $role }，证书Key号末位 { $key }，{ $ca }）已于 { $when } 解除绑定，用它登录的会话已全部终止。
notification-lock-removed-sms = 企业锁（尾号{ $key }）已于{ $short }解除绑定。
notification-lock-lost-subject = 企业锁已挂失
notification-lock-lost-text = 企业锁（{ $role }，证书Key号末位 { $key }，{ $ca }）已于 { $when } 由技术人员登记挂失，用它登录的会话已全部终止，且不能再次激活。
notification-lock-lost-sms = 企业锁（尾号{ $key }）已于{ $short }登记挂失。
notification-enterprise-renamed-subject = 单位名称变更已办理
notification-enterprise-renamed-text = 单位名称已于 { $when } 由“{ $old }”变更为“{ $new }”，已登录的会话已全部终止。此后请使用新名称的证书登录。
notification-enterprise-renamed-sms = 单位名称变更已于{ $short }办理，请用新名称的证书登录。
notification-sign-in-new-place-subject = 从新的地点登录
notification-sign-in-new-place-text = 企业锁（{ $role }，证书Key号末位 { $key }）于 { $when } 从近期未使用过的网络或浏览器登录：网络 { $network }，浏览器 { $browser }。
notification-sign-in-new-place-sms = 企业锁（尾号{ $key }）{ $short }从新的网络或浏览器登录。
notification-lock-expiring-subject = 企业锁证书将在{ $days }天内到期
notification-lock-expiring-text = 企业锁（{ $role }，证书Key号末位 { $key }，{ $ca }）的证书将于 { $end } 到期，到期后不能登录。
notification-lock-expiring-sms = 企业锁（尾号{ $key }）证书{ $end }到期。
platforms-notice = 请注意：
platforms-maintenance-on = 该平台维护中，预计 { $until } 结束：{ $text }
platforms-maintenance-ahead = 该平台计划于 { $from } 至 { $until } 维护：{ $text }
platforms-trouble = 自 { $since } 起，该平台可能无法正常访问。您仍可选择进入；如不能进入，请稍后再试或联系该平台。

## 授权凭证

receipt-title = 验证授权凭证
receipt-lead = 授权凭证记载企业向交易平台授权的内容、签名和留痕。把凭证全文粘贴到下面，或选择凭证文件，逐项验证。
receipt-paste = 凭证全文
receipt-paste-hint = 以 eyJ 开头的一段文字，由两个点分成三部分。本页不保存您粘贴的内容。
receipt-check = 验证
receipt-file = 或选择凭证文件
receipt-file-hint = 下载得到的文件 consent-receipt.jws。文件内容不会保存。
receipt-check-file = 验证文件
receipt-own-words = 本页以一证通自己的密钥和CA名册验证。争议中请勿以本页为准：用独立工具和您自己取得的CA证书离线验证，方法见接入文档。
receipt-good = 凭证有效
receipt-incomplete = 没有发现问题，但有的项目无法验证
receipt-bad = 凭证无效
receipt-withdrawn = 该授权后来已被撤销。
receipt-passed = 通过
receipt-failed = 不通过
receipt-unchecked = 未验证
receipt-says = 凭证记载的授权书
receipt-signed-by-lock = 由企业锁签名。
receipt-signed-by-provider = 由一证通证明，企业锁没有签名。
receipt-given = 授权
receipt-taken-back = 撤销
receipt-check-format = 格式
receipt-check-jws = 一证通的签名
receipt-check-statement = 授权书与登记的摘要一致
receipt-check-content = 凭证内容与审计记录一致
receipt-check-lock-signature = 企业锁对授权书的签名
receipt-check-holder = 证书上的企业
receipt-check-chain = 证书链（签名之时）
receipt-check-revocation = 证书未吊销（签名之时）
receipt-check-inclusion = 授权记录在审计日志中
receipt-check-checkpoint = 审计日志的签名
receipt-check-withdrawal = 撤销记录在审计日志中
consents-receipt = 下载授权凭证
consents-receipt-label = 下载授权凭证：{ $platform }
consents-check-receipt = 验证授权凭证
problem-receipt-unknown = 没有这项授权的凭证。
problem-receipt-unknown-advice = 请在“授权管理”中选择一项授权。启用授权凭证之前给出的授权没有凭证，再次登录该平台后即可取得。
problem-receipt-no-file = 没有选择文件。
problem-receipt-no-file-advice = 请返回，选择凭证文件后再验证。
problem-receipt-not-yet = 这项授权刚刚登记，凭证还没有生成。
problem-receipt-not-yet-advice = 请过一两分钟再下载。
