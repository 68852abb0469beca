### Words of the portal (English). Keys and placeholders must equal those of zh-CN.ftl.

## Shared by all pages

region-name = Inner Mongolia Public Resource Trading
service-name = Yizhengtong, CA mutual recognition
skip-to-content = Skip to main content
nav-label = Main
nav-home = Home
nav-platforms = Platforms
nav-driver = Driver
nav-help = Help
language-label = Language
signed-in-as = Signed in for
sign-out = Sign out
demo-notice = Demonstration: certificates and data are samples. Do not enter real information.
error-prefix = Error:{" "}
footer-purpose = One CA lock and one driver for every public-resource trading platform of the region.
footer-privacy = You type the PIN of your lock only in the certificate assistant on your own computer. This system never sees or keeps it.
support-title = Technical support
support-phone = Telephone
support-email = E-mail
support-hours = Hours
support-unknown = Contact details of the support desk are not published yet. Please see the help page first.
support-business = For everyday questions about registering, encrypting, preparing or uploading bids, ask the support of the trading platform concerned.
back-to-home = Back to the home page
back-to-login = Back to enterprise sign-in
back-to-bind = Back to enterprise binding
go-on-signed-in = Continue as the enterprise signed in
back-to-platforms = Back to the platforms
link-driver = Download the driver and run the check
link-bind = Go to enterprise binding
link-login = Go to enterprise sign-in
link-platforms = See all platforms
link-faq = Read the answer in the help
link-faq-8 = How to add a secondary lock
incident = Incident number
problem-code = Error code
advice-title = What you can do

## Home

home-title = Home
home-heading = One CA lock for every trading platform of the region
home-lead = Obtain one enterprise lock, install one driver, bind once, and sign in to the public-resource trading platforms of all leagues and cities.
home-sign-in = Enterprise sign-in
home-sign-in-hint = For enterprises whose lock is bound
home-bind = Enterprise binding
home-bind-hint = First visit: bind your enterprise lock
home-links-title = Services
home-platforms = Trading platforms
home-platforms-text = Connected platforms and their contacts
home-driver = Driver download
home-driver-text = Install the driver and assistant, check your computer
home-help = Help and questions
home-help-text = Driver, signing in, frequent questions
home-steps-title = Three steps to any platform
home-step-1-title = Lock and driver
home-step-1-text = Obtain an enterprise lock from a CA of the region, install the driver, insert the lock and see that its certificate is shown.
home-step-2-title = Enterprise binding
home-step-2-text = Read the certificate, fill in the enterprise’s details, confirm. Each lock is bound only once.
home-step-3-title = Sign in and authorise
home-step-3-text = Sign in with the lock and its PIN, choose a platform, confirm the authorisation and arrive there.
home-notices-title = Notices
home-notices-none = There are no notices.
home-scope-title = Locks are recognised, filings are not
home-scope-text = This system makes CA locks recognised everywhere. It does not share filings: on your first visit to a platform, file your enterprise’s details there as it requires.

## Sign-in

login-title = Enterprise sign-in
login-lead = Sign in to the region’s unified authentication with your bound enterprise lock.
platform-site = About this platform
platform-policy = Privacy policy
platform-terms = Terms of service
login-heading-for = You will continue to
login-expected = The platform asks for the lock of this credit code
login-failed-title = Sign-in did not succeed
login-steps-title = How to sign in
login-step-1 = Insert the enterprise lock into your computer
login-step-2 = Press “Sign in with the lock”; the certificate assistant opens
login-step-3 = In its window read the text, choose the certificate and type the PIN of the lock
login-statement-title = Your lock will sign this text
login-sign = Sign in with the lock
login-no-script-title = Scripts are switched off
login-no-script = To reach the lock, this page must open the certificate assistant by script. Please allow scripts and reload the page.
login-aside-title = Need help?
login-to-bind = Not bound yet? Enterprise binding
login-to-driver = No driver yet? Driver download
login-to-help = PIN forgotten or sign-in failed? Frequent questions
login-no-password = This page never asks for the PIN of your lock. You type it only in the certificate assistant on your own computer.

agent-opening = Opening the certificate assistant…
agent-waiting = Please continue in the window of the certificate assistant. If you do not see it, it may be behind another window.
agent-submitting = Signed. Checking…
agent-reading = Reading the certificate…
agent-read = The certificate was read. Please check it, then go on.

## Binding

bind-title = Enterprise binding
bind-lead = Bind your enterprise’s certificate. Each enterprise lock is bound once and then opens every trading platform of the region.
bind-warning = Use the enterprise lock for binding. Do not use the legal-person lock.
bind-failed-title = The binding did not succeed
bind-fields-failed-title = Please correct the following
bind-required-note = Everything below is required, unless marked as optional.
bind-part-1 = Read the certificate
bind-part-1-hint = Insert the enterprise lock and press “Read certificate”. These details come from the certificate.
bind-read = Read certificate
bind-part-2 = Details of the enterprise
bind-part-3 = Sign and confirm
bind-holder_name = Enterprise name
bind-key_number = Certificate key number
bind-media_number = Hardware media number
bind-not-read = Not read yet
bind-credit_code = Unified social credit code
bind-credit_code-hint = 18 characters, as on the business licence
bind-region_code = League or city of the enterprise
bind-region_code-hint = Where the enterprise is registered
bind-ca_platform = CA lock obtained through
bind-ca_platform-hint = The platform where the inserted certificate was obtained
bind-legal_representative = Legal representative
bind-phone = Telephone
bind-phone-hint = A mobile number, or a landline with area code
bind-contact_email = Mail address
bind-contact_email-hint = Security notices on locks and sign-ins go there; no trading platform is given it
bind-address = Address
bind-subject_types = Subject types
bind-subject_types-hint = Choose every type that applies
bind-binder_name = Name of the person binding
bind-binder_name-hint = The person operating this binding now
bind-certificate = Certificate
bind-optional = (optional)
region-elsewhere = Outside Inner Mongolia
bind-select = Please choose
bind-statement-title = Your lock will sign this text
bind-submit = Confirm application
bind-already = Bound already? Enterprise sign-in

## Outcome of a binding

bound-title = Binding succeeded
bound-lead = The enterprise lock is bound. You can sign in now.
already-bound-title = Already bound
already-bound-lead = This lock was bound in this system before. You can sign in directly.
bound-sign-in = Enterprise sign-in
bound-next-title = What comes next
bound-next-1 = Sign in with this enterprise lock
bound-next-2 = Look at the certificate and press “Continue to authorisation”
bound-next-3 = Choose a trading platform and press “Confirm authorisation”

## Certificate

certificate-title = Certificate
certificate-lead = You are signed in. Please check the certificate, then continue to the authorisation.
certificate-platform = You are on the way to
certificate-holder = Enterprise name
certificate-credit-code = Unified social credit code
certificate-lock-role = Role of the lock
certificate-subject = Subject
certificate-issuer = Issuer
certificate-authority = Certificate authority
certificate-serial = Serial number
certificate-key-number = Certificate key number
certificate-media-number = Hardware media number
certificate-validity = Validity
certificate-validity-range = { $from } to { $to }
certificate-reminder-title = The certificate expires soon
certificate-reminder = Days until the certificate expires: { $days }. Please ask the certificate authority to renew it in time.
certificate-enter = Continue to authorisation
certificate-details = Details of the certificate
lock-role-primary = Primary lock
lock-role-secondary = Secondary lock

## Platforms

platforms-title = Choose a trading platform
platforms-title-public = Trading platforms
platforms-lead = Choose the platform on which you want to trade. You will then be asked to confirm the authorisation.
platforms-lead-public = The public-resource trading platforms of the region. Sign in to choose one.
platforms-search = Search the platforms
platforms-search-hint = League, city or platform name
platforms-search-submit = Search
platforms-search-clear = Show all
platforms-count = Platforms: { $n }
platforms-none = No platform matches. Please try another word.
platforms-choose = Choose
platforms-sign-in = Sign in
platforms-choose-label = Choose { $platform }
platforms-sign-in-label = Sign in to { $platform }
platforms-own-site = Please enter from the sign-in page of the platform’s own site.
platforms-refused = You refused to give details to “{ $platform }”. Nothing was given this time, and what you had agreed to before, if anything, is withdrawn.
platforms-support = Support
zone-region = Autonomous region
zone-west = Western leagues and cities
zone-east = Eastern leagues and cities
platform-state-available = Open
platform-state-not-connected = Not connected
platform-state-suspended = Suspended

## Consent

consent-title = Confirm authorisation
consent-heading = Allow “{ $platform }” to receive these details
consent-lead = When you confirm, you continue to the platform as { $enterprise }, and it receives the details below.
consent-data-title = What the platform receives
consent-next-title = What happens then
consent-next-1 = Your browser goes to { $host }, where the platform asks you to confirm the sign-in.
consent-next-2 = The platform receives only what is listed above, never your PIN or private key.
consent-next-3 = This authorisation is recorded: enterprise, lock, platform, items and time.
consent-ask-each-time = You will be asked again each time you sign in to this platform.
consent-remembered = Days for which you will not be asked again for this platform: { $days }.
consent-filing-title = Locks are recognised, filings are not
consent-filing = Mutual recognition covers the CA lock, not the filing of your enterprise’s details. If you have not filed with this platform, register there and have your details reviewed as its trading centre requires.
consent-grant = Confirm authorisation
consent-refuse = Refuse
consent-version = Version of this text
consent-statement = The authorisation
consent-statement-signed = Your lock will sign this authorisation
consent-sign-lead = This platform asks that the lock you signed in with sign the authorisation. Leave that lock inserted, press the button, compare the text in the assistant’s window and enter the PIN.
consent-sign = Sign and confirm authorisation
consent-failed-title = Nothing was authorised
consent-empty = Not given

scope-openid = Identifier
scope-enterprise = Enterprise
scope-certificate = Certificate
scope-contact = Contact
claim-sub = Enterprise identifier
claim-name = Enterprise name
claim-credit_code = Unified social credit code
claim-legal_representative = Legal representative
claim-region_code = League or city
claim-subject_types = Subject types
claim-certificate_issuer = Certificate authority
claim-certificate_serial_number = Certificate serial number
claim-key_number = Certificate key number
claim-media_number = Hardware media number
claim-certificate_not_before = Certificate valid from
claim-certificate_not_after = Certificate valid until
claim-x5t-S256 = Certificate fingerprint (SHA-256)
claim-lock_role = Role of the lock
claim-phone_number = Telephone
claim-address = Address

## Error page

error-title-request = This request cannot be handled
error-title-outdated = This can’t be done as things stand
error-title-refused = You cannot continue
error-title-not-found = Page not found
error-title-slow-down = Too many attempts
error-title-unavailable = The service is unavailable
error-title-internal = Something went wrong
error-time = Time
error-typed = What you typed
field-reason = Reason
error-quote = When you contact support, please give these details:

## Help

help-title = Help
help-lead = Installing the driver, binding, signing in, and frequent questions.
help-contents = On this page
help-driver-title = Install the driver
help-driver-1 = Download the driver from “Driver download” here, or through the link on any trading platform.
help-driver-2 = Open the installer and choose “Quick install” (recommended, default folder), or “Custom install” to choose a folder.
help-driver-3 = Insert the CA lock, open the certificate assistant and press “Certificates”. If the certificate appears, the installation succeeded.
help-driver-link = Go to driver download
help-cross-title = Sign in across platforms
help-cross-1 = Binding: insert the enterprise lock, press “Read certificate”, fill in the details, press “Confirm application”.
help-cross-2 = Sign-in: press “Sign in with the lock” and type the PIN of the lock in the window of the certificate assistant.
help-cross-3 = Look at the certificate, press “Continue to authorisation” and choose a trading platform.
help-cross-4 = Press “Confirm authorisation”. The platform shows who arrives; press “Confirm sign-in” there.
help-cross-5 = If your enterprise has filed its details with that platform and passed review, you can bid at once. If not, fill in the details and submit them for review as the platform requires; ask the local trading centre how.
help-faq-title = Frequent questions

faq-1-question = We are registered at Chifeng Public Resource Trading Centre and our details passed review. To bid in Hohhot, must we bring our papers there for review too?
faq-1-answer =
    At present mutual recognition across the region covers the CA lock (UKey) only, not the details of the enterprise.
    For example: a bidder registered in the credit base of the Chifeng platform, review passed, wants to trade on the Hohhot platform through the mutual-recognition system. If it never registered in Hohhot, it must register there and pass review as the local trading centre requires.
faq-2-question = Can a legal-person lock be used to bid across platforms?
faq-2-answer = No. Legal-person locks do not support bidding across platforms. Please use the enterprise lock.
faq-3-question = Binding says that the unified social credit code is already used. What now?
faq-3-answer =
    A CA certificate (UKey) of your company is already bound in the mutual-recognition system.
    Find out inside the company which one it is, then add your other locks as question 8 describes.
faq-4-question = Can a CA lock obtained outside Inner Mongolia be used here?
faq-4-answer = No. Bidders must use a CA certificate obtained inside the Inner Mongolia Autonomous Region.
faq-5-question = Signing in says “Initialising the signing-certificate selection failed” or “No certificate assistant was found”. What now?
faq-5-answer =
    See whether the driver (Inner Mongolia interoperable edition) is installed. If not, install it as the help page of the sign-in system describes.
    If it is installed, open the certificate assistant, run “Check” and follow its repairs, then try again.
faq-6-question = Our enterprise has a new name. How do we use the system?
faq-6-answer =
    When the name of a bidder changes, update it in this order:
    1. Change the credit-base details on each trading platform and pass review.
    2. Have the name in the CA certificate changed at an office of the CA.
    3. Bring the papers to the Government Procurement Centre of Inner Mongolia (room 515, 89 Hulunbuir North Road, Xincheng District, Hohhot) to have the record changed.
faq-7-question = What if the PIN of the CA certificate is forgotten?
faq-7-answer =
    Ask the authority that issued the certificate to reset it.
    After a wrong PIN the page shows how many attempts are left. When none is left the lock is blocked, and again the issuing authority can help.
faq-8-question = Our company has two or more CA certificates and wants to sign in with each. How?
faq-8-answer =
    1. Sign in with the certificate that was bound first (the primary lock), go to the choice of platforms, press “Personal information” and open your details.
    2. Press “Change information”, go to “Locks” and take out the primary lock.
    3. Insert the other lock, press “Read certificate”; when key number and media number appear, press “Activate”.
    Note: the unit names of both locks must be equal, otherwise the binding fails.
faq-9-question = How do we remove a secondary lock ourselves?
faq-9-answer =
    1. Sign in with the certificate that was bound first (the primary lock), go to the choice of platforms, press “Personal information” and open your details.
    2. Press “Change information”, choose the entry under “Locks” and press “Remove”.
    Sessions opened with that lock end at once. The primary lock cannot be removed this way.
faq-10-question = Our only CA lock is lost. How is the binding removed?
faq-10-answer = Report the loss to the authority that issued the certificate, then contact the operators of the mutual-recognition system to update the record.
faq-11-question = Signing in says “This certificate has been revoked, please contact the issuing CA”. What now?
faq-11-answer = Your CA certificate may have expired or been reported lost. Please ask the authority that issued it.
faq-12-question = Whom do we ask about everyday business on a trading platform (registering, encrypting, preparing or uploading bids)?
faq-12-answer = Ask the technical support of that trading platform. The contacts are on the page “Trading platforms”.

## Driver

driver-title = Driver download
driver-lead = The driver and the certificate assistant run on your computer. They read the CA lock, take the PIN and sign. One installation serves all trading platforms of the region.
driver-downloads-title = Download
driver-version = Version
driver-download = Download
driver-download-label = Download the driver for { $system }
driver-none = There is no package to download here at present. Please use the driver link on any trading platform.
driver-demo = Demonstration: the certificate assistant is running on this computer already. There is nothing to download.
driver-sha256 = SHA-256 checksum
driver-steps-title = Installation
driver-step-1-title = Download and open the installer
driver-step-1-text = Choose the package for your system and open it when it has been downloaded.
driver-step-2-title = Press “Quick install”
driver-step-2-text = The default folder is recommended; “Custom install” lets you choose another. Nothing else is installed along with it.
driver-step-3-title = Insert the lock and look at the certificate
driver-step-3-text = Open the certificate assistant and press “Show certificate”. If the certificate appears, the installation succeeded.
driver-check-title = Check the installation
driver-check-text = Open the certificate assistant on this computer and run “Check”: it tests driver, lock and certificate and offers repairs.
driver-check-link = Open the certificate assistant
driver-trouble-title = No certificate is shown?
driver-trouble-1 = Install the driver again
driver-trouble-2 = Install the driver on another computer
driver-trouble-3 = Ask the CA whether the lock is defective
driver-safety-title = Safety
driver-safety-text = The driver runs on your computer only, answers signing requests of this system only, installs no root certificate and never records a PIN.

## Leaving

signed-out-title = Signed out
signed-out-lead = You are signed out of this system. Please remove the enterprise lock and keep it safe.
signed-out-lead-waiting = You are signed out of this system, and the trading platforms that you entered have been told. Those that have not confirmed yet are told again. Please remove the enterprise lock and keep it safe.
signed-out-lead-rest = You are signed out of this system. Where a platform below was not signed out with it, please sign out there yourself; then remove the enterprise lock and keep it safe.
signed-out-platforms = Trading platforms that you entered
signed-out-confirmed = Sign-out confirmed
signed-out-waiting = Not confirmed yet (the system keeps telling it)
signed-out-failed = The platform could not sign you out; please sign out there yourself
signed-out-unsupported = No automatic sign-out; please sign out there yourself
signed-out-look-again = See how it stands now
confirm-sign-out-title = Sign out?
confirm-sign-out-lead = You will be signed out of this system, and the trading platforms that you entered will be told to sign you out too.
confirm-sign-out-lead-from = You came from { $platform }. You will be signed out of this system, and the trading platforms that you entered will be told to sign you out too.
confirm-sign-out-stay = Stay signed in
sign-out-here = Sign out
signed-out-onward = Back to { $platform }
signed-out-again = Sign in again
redirecting-title = On the way to { $platform }
redirecting-lead = If your browser does not move on by itself, please use the button below.
redirecting-continue = Continue

## Problems and advice: problem-<code> and problem-<code>-advice (one advice a line)

problem-no-agent = No certificate assistant was found, so the signing certificate cannot be reached.
problem-no-agent-advice =
    See that the driver (Inner Mongolia interoperable edition) is installed and running.
    If it is not installed, download and install it first. If it is, open the certificate assistant and run “Check”.
problem-agent-version = The certificate assistant is too old for this system.
problem-agent-version-advice = Use “Upgrade” in the certificate assistant, or download and install the latest driver.
problem-popup-blocked = Your browser blocked the window of the certificate assistant.
problem-popup-blocked-advice = Allow this site to open windows, then try again.
problem-agent-failed = The certificate assistant could not finish.
problem-agent-failed-advice = Open the certificate assistant, run “Check”, follow its repairs and try again.
problem-no-lock = No CA lock was found.
problem-no-lock-advice =
    Insert the enterprise lock, wait for its light, and try again.
    If it is still not found, use another USB port or run “Check” in the certificate assistant.
problem-only-encryption-certificate = The lock holds only an encryption certificate and none for signing in.
problem-only-encryption-certificate-advice = Ask the issuing CA whether the signing certificate of the lock is in order.
problem-legal-person-lock = Legal-person locks do not support bidding across platforms. Please use the enterprise lock.
problem-legal-person-lock-advice = Remove the legal-person lock, insert the enterprise lock and try again.
problem-lock-kind-undecidable = It cannot be decided whether this is an enterprise lock or a legal-person lock.
problem-lock-kind-undecidable-advice = Ask the issuing CA for the kind of the lock, and give the incident number to support.
problem-foreign-ca = The CA certificate must have been obtained inside the Inner Mongolia Autonomous Region.
problem-foreign-ca-advice = CA locks obtained outside the region cannot be used. Use an enterprise lock issued by a CA of the region.
problem-pin-wrong = The PIN is wrong. Attempts left: { $n }.
problem-pin-wrong-advice =
    Check the PIN and try again. When no attempt is left the lock is blocked.
    If the PIN is forgotten, ask the issuing CA to reset it.
problem-pin-wrong-unknown = The PIN is wrong.
problem-pin-wrong-unknown-advice =
    Check the PIN and try again. Repeated mistakes block the lock.
    If the PIN is forgotten, ask the issuing CA to reset it.
problem-pin-locked = The CA lock is blocked.
problem-pin-locked-advice = The PIN was wrong too often. Ask the issuing CA to unblock the lock and reset the PIN.
problem-cancelled = You cancelled.
problem-cancelled-advice = Nothing was signed. To continue, press the button again.
problem-timed-out = The time is over.
problem-timed-out-advice = The certificate assistant did not finish in time. Have the lock and its PIN ready and try again.
problem-lock-removed = The CA lock was removed during the operation.
problem-lock-removed-advice = Insert the enterprise lock again and leave it in until the operation has finished.
problem-busy = The certificate assistant is busy with another operation.
problem-busy-advice = Finish or close the open window of the certificate assistant, then try again.
problem-origin-refused = The certificate assistant does not trust this site and refused.
problem-origin-refused-advice = See that the address in your browser is the region’s CA mutual-recognition system. If it is, upgrade the driver.

problem-proof-missing = No signature of the lock arrived.
problem-proof-missing-advice = Allow scripts in your browser, press the button and sign in the window of the certificate assistant.
problem-proof-malformed = The signature data that arrived are malformed.
problem-proof-malformed-advice = Reload the page and sign again. If this happens again, upgrade the driver.
problem-challenge-expired = The page was open for too long and this request to sign has expired.
problem-challenge-expired-advice = The page is fresh now. Press the button and sign again. What you typed is still there.
problem-challenge-of-other-browser = This request to sign does not belong to this browser.
problem-challenge-of-other-browser-advice = Open the page and sign in the same browser. Do not use links that others sent you.
problem-signature-invalid = The signature is not valid.
problem-signature-invalid-advice = Insert the enterprise lock again and retry. If it still fails, have the lock checked by the issuing CA.
problem-algorithm-mismatch = The signature algorithm does not match the certificate.
problem-algorithm-mismatch-advice = Upgrade the driver and try again.
problem-certificate-expired = This certificate has expired. Please contact the issuing CA.
problem-certificate-expired-advice = Have the certificate renewed by the issuing CA, then sign in.
problem-certificate-not-yet-valid = This certificate is not valid yet.
problem-certificate-not-yet-valid-advice = Use it from the start of its validity, or ask the issuing CA.
problem-certificate-revoked = This certificate has been revoked. Please contact the issuing CA.
problem-certificate-revoked-advice = A revoked certificate, for example one that was reported lost or replaced, cannot be used again. Ask the issuing CA for details.
problem-issuer-revoked = A certificate authority above this certificate has been revoked. Please contact the issuing CA.
problem-issuer-revoked-advice = That is no statement about the lock itself. Ask the issuing CA when its locks can be used again, or give the incident number to support.
problem-ca-unreadable = This certificate cannot be verified at present. For safety you cannot continue.
problem-ca-unreadable-advice = What is registered of its certificate authority cannot be read. Try again later; if it keeps failing, give the incident number to support.
problem-ca-suspended = The certificate authority that issued this certificate has been suspended from mutual recognition. Its locks cannot be used at present.
problem-ca-suspended-advice = Use an enterprise lock issued by another CA. Ask the issuing CA when it will be recognised again, or give the incident number to support.
problem-certificate-algorithm-not-allowed = The key of this certificate is of a kind that is not allowed for its certificate authority.
problem-certificate-algorithm-not-allowed-advice = Ask the issuing CA for another certificate, or give the incident number to support.
problem-revocation-unavailable = It cannot be confirmed at present that this certificate is still valid. For safety you cannot continue.
problem-revocation-unavailable-advice = The service that knows revoked certificates does not answer. Try again later; if it keeps failing, give the incident number to support.
problem-certificate-key-weak = The key of this certificate is too weak to be used.
problem-certificate-key-weak-advice = Ask the issuing CA for a new certificate.
problem-certificate-invalid = This certificate did not pass verification.
problem-certificate-invalid-advice = Ask the issuing CA whether the certificate is in order, and give the incident number to support.
problem-certificate-not-for-signing = This certificate cannot be used to sign in.
problem-certificate-not-for-signing-advice = In the window of the certificate assistant choose the signing certificate, not the encryption certificate.
problem-no-credit-code = The certificate holds no unified social credit code.
problem-no-credit-code-advice = Ask the issuing CA for an enterprise certificate that holds the unified social credit code.
problem-conflicting-credit-codes = The certificate holds different unified social credit codes and cannot be used.
problem-conflicting-credit-codes-advice = Ask the issuing CA to correct the certificate.
problem-bad-credit-code = The unified social credit code is not correct.
problem-bad-credit-code-advice = Compare the 18 characters with the business licence. The letters I, O, S, V and Z are never used.
problem-certificate-credit-code-bad = The unified social credit code in the certificate is wrong: its check digit does not fit.
problem-certificate-credit-code-bad-advice = The certificate itself is at fault, whatever you type. Ask the issuing CA to correct or replace it.
problem-certificate-unreadable = The certificate that the certificate assistant gave cannot be read.
problem-certificate-unreadable-advice = Press “Read certificate” again. If this happens again, upgrade the driver and give the incident number to support.
problem-credit-code-mismatch = The unified social credit code differs from the one in the certificate.
problem-credit-code-mismatch-advice = Check what you typed, and see that the lock of your own enterprise is inserted.
problem-credit-code-bound = Another CA lock is already bound to this unified social credit code.
problem-credit-code-bound-advice =
    A CA certificate of your company is bound in this system. Find that lock (the primary lock) inside the company.
    Sign in with the primary lock, open “Personal information” and add this lock as a secondary lock under “Locks”.
    If this lock is a new one in place of a primary lock that ends soon, make it the primary lock after that. If the old one cannot sign in any more, contact the operators of the mutual-recognition system.
problem-already-bound = This enterprise lock is bound already.
problem-already-bound-advice = Sign in with this enterprise lock directly.
problem-not-bound = This enterprise lock is not bound yet.
problem-not-bound-advice = Bind the enterprise first, then sign in.
problem-enterprise-renamed = The unit name in the certificate differs from the bound one. Please have the change of name recorded first.
problem-enterprise-renamed-advice =
    1. Change the credit-base details on each trading platform and pass review.
    2. Have the name in the CA certificate changed at an office of the CA.
    3. Bring the papers to the Government Procurement Centre of Inner Mongolia (room 515, 89 Hulunbuir North Road, Xincheng District, Hohhot) to have the record changed.
problem-lock-not-active = This CA lock is out of use and cannot sign in.
problem-lock-not-active-advice =
    Sign in with another bound enterprise lock. A secondary lock that was removed can be activated again by the primary lock.
    If the lock was reported lost, contact the operators of the mutual-recognition system.
problem-bound-lock-not-active = This CA lock was bound before and is out of use; it cannot be bound again.
problem-bound-lock-not-active-advice =
    If it was removed as a secondary lock: sign in with the primary lock, then read and activate this one on the page “Locks”.
    A lock that was reported lost or revoked can no longer be used: take another enterprise lock. If there is none, contact the operators of the mutual-recognition system.
problem-certificate-credit-code-differs = The unified social credit code in the certificate is not that of the enterprise it is bound to.
problem-certificate-credit-code-differs-advice = See that the lock of your own enterprise is inserted. If it is, contact the operators of the mutual-recognition system.
problem-enterprise-suspended = This enterprise is suspended.
problem-enterprise-suspended-advice = Contact the operators of the mutual-recognition system for the reason.
problem-platform-unknown = This trading platform was not found.
problem-platform-unknown-advice = Choose again from the list of platforms, or start again at the sign-in page of the trading platform.
problem-platform-not-connected = This trading platform is not connected to the mutual-recognition system yet.
problem-platform-not-connected-advice = Choose another platform, or ask the support of this one.
problem-platform-suspended = Signing in to this trading platform through the mutual-recognition system is suspended.
problem-platform-suspended-advice = Try again later, or ask the support of that platform.
problem-redirect-uri-mismatch = The return address given by the trading platform is not registered. For safety you cannot continue.
problem-redirect-uri-mismatch-advice = Contact the support of that trading platform and give the incident number.
problem-request-invalid = The request is not correct.
problem-request-invalid-advice = Go back and try again, or start again at the sign-in page of the trading platform or at our home page; a program: compare its parameters with the documentation. If this happens again, contact support.
problem-logout-hint-invalid = The sign-out request of the trading platform cannot be verified.
problem-logout-hint-invalid-advice = To sign out, use "Sign out" on our pages. If this happens again, contact the support of that platform and give the incident number.
problem-logout-client-mismatch = The sign-out request of the trading platform contradicts itself and cannot be carried out.
problem-logout-client-mismatch-advice = To sign out, use "Sign out" on our pages. If this happens again, contact the support of that platform and give the incident number.
problem-logout-uri-mismatch = The address given by the trading platform for after signing out is not registered. For safety the request cannot be carried out.
problem-logout-uri-mismatch-advice = To sign out, use "Sign out" on our pages. If this happens again, contact the support of that platform and give the incident number.
problem-request-unusable = The sign-in request of the trading platform cannot be used: it may have expired, been used before, or not be signed correctly.
problem-request-unusable-advice = Start again at the sign-in page of the trading platform. If this happens again, contact the support of that platform and give the incident number.
problem-request-expired = The sign-in request has expired.
problem-request-expired-advice = Start again at the sign-in page of the trading platform or at our home page.
problem-session-expired = Your session has ended. Please sign in again.
problem-session-expired-advice = Insert the enterprise lock and sign in again.
problem-form-expired = The page was open for too long and its session has ended. Nothing was done.
problem-form-expired-advice = What you typed is still there. Check it, press the button and sign again.
problem-page-outdated = This page is out of date: you have signed in in another tab of this browser.
problem-page-outdated-advice =
    You can go on as the enterprise that is signed in, without signing again.
    To use another enterprise lock, sign out first.
problem-csrf = It cannot be confirmed that you yourself sent this from our page.
problem-csrf-advice = Go back, reload the page and try again. See that your browser allows cookies of this site.
problem-not-found = The page does not exist or has moved.
problem-not-found-advice = Check the address, or start from the home page.
problem-method-not-allowed = This address cannot be used in that way.
problem-method-not-allowed-advice = Start from the home page. Do not reload a page that was submitted.
problem-too-large = What was sent is too large.
problem-too-large-advice = Shorten what you filled in, or choose a smaller file, and submit again. Your browser leads back to the page, with what you typed.
problem-too-many-requests = There were too many requests in a short time; this one was not handled.
problem-too-many-requests-advice = Wait a minute and try again. If many people of your organisation share one network address and this keeps coming up, contact support.
problem-unavailable = The service does not answer at present.
problem-unavailable-advice = Try again later. If it stays unavailable, contact support.
problem-internal = An internal error occurred and the operation was not completed.
problem-internal-advice = Try again later. If it happens again, give the incident number to support.
problem-fields-invalid = Some details are missing or not correct.
problem-fields-invalid-advice = Correct them as marked and submit again.
problem-field-required = Please fill in: { $field }.
problem-field-unseen = { $field } contains characters that cannot be seen. Please type it again.
problem-field-too-long = { $field }: at most { $max } characters.
problem-phone-malformed = The telephone number is malformed. Give a mobile number, or a landline with area code.
problem-phone-malformed-advice = For example 13800000000 or 0471-0000000.
problem-email-malformed = The mail address is malformed. Give one whole address.
problem-email-malformed-advice = For example office@example.cn; leave it empty where there is none.
problem-region-unknown = Choose the league or city of the enterprise from the list.
problem-region-unknown-advice = Choose where the enterprise is registered.
problem-subject-type-required = Choose at least one subject type.
problem-subject-type-required-advice = You can choose more than one.


# What a lock is asked to sign: shown in the agent's window, in the words of the page.
statement-consent =
    Authorisation (version { $version })
    Given by: { $enterprise } (unified social credit code { $code })
    Received by: { $platform } (platform { $client })
    What it covers: Yizhengtong tells the receiver these details of our enterprise — { $data }
    Purpose: the receiver recognises our enterprise, signs it in and conducts public resource trading with it
    How long: { $lasts }
    Our enterprise can take this authorisation back at any time in Yizhengtong; from then on the receiver can obtain nothing by it.
    CA mutual-recognition system of the public resource trading platforms of Inner Mongolia (Yizhengtong): { $origin }
statement-consent-once = for this sign-in alone; each sign-in is confirmed anew
statement-consent-days = for { $days } days from its confirmation the receiver may sign our enterprise in by it without asking again
statement-login = With this enterprise lock our enterprise signs in to the CA mutual-recognition system of the public resource trading platforms of Inner Mongolia (Yizhengtong): { $origin }
statement-bind = Our enterprise applies to bind this enterprise lock to the CA mutual-recognition system of the public resource trading platforms of Inner Mongolia (Yizhengtong): { $origin }

# Subject types
subject-type-bidder = Bidder
subject-type-supplier = Supplier
subject-type-tenderer = Tenderer
subject-type-purchaser = Purchaser
subject-type-tender-agency = Tendering agency
subject-type-auction-bidder = Auction bidder

## Account

nav-account = My information
link-locks = Back to the locks
link-consents = Back to the consents
link-sessions = Back to the live sessions
certificate-reminder-what = Once the certificate is renewed, simply sign in with the new one: the lock goes on, and nothing has to be bound again.
certificate-renamed = This is a change of name: the lock’s certificate with the new name is in force, and the one with the former name can no longer sign in.
certificate-renewed = This is a renewal: the lock’s new certificate is in force, and the old one can no longer sign in.
account-sign-in = Personal information
account-menu = Account
account-title = Personal information
account-lead = See and change the information of your enterprise; manage its locks, consents and sign-ins.
account-information = 01 Information
account-locks = 02 Locks
account-consents = 03 Consents
account-history = 04 Sign-in history
account-sessions = 05 Live sessions
account-failed-title = The change was not saved
account-saved = Saved.
account-facts-title = Registered
account-facts-note = Trading platforms rely on these as registered. Only the operators of the mutual-recognition system can correct them, against papers.
account-edit = Change information
account-edit-locks = Add or remove a secondary lock
account-save = Save
account-keep = Back, change nothing
locks-lead = The enterprise locks bound to your enterprise. The primary lock can add and remove secondary locks, or make one of them the primary lock.
locks-failed-title = The lock was not activated
locks-done-activated = The enterprise lock with the key number { $key } is active and can sign in.
locks-done-removed = The secondary lock with the key number { $key } is removed; its sessions and tokens have ended.
locks-done-promoted = The enterprise lock with the key number { $key } is the primary lock now.
locks-number = No.
locks-holder = Unit name in the certificate
locks-not-after = Valid until
locks-state = State
locks-actions = Actions
locks-days-left = { $days } days left
locks-this = signed in now
locks-remove = Remove
locks-remove-label = Remove the secondary lock with the key number { $key }
locks-promote = Make primary
locks-promote-label = Make primary: the secondary lock with the key number { $key }
lock-state-active = Active
lock-state-expired = Certificate expired
lock-state-removed = Removed
lock-state-lost = Lost
lock-state-revoked = Revoked
locks-activate-title = Add a secondary lock
locks-step-1 = Take the primary lock out and insert the lock to be added
locks-step-2 = Press “Read certificate” and compare the key number and the media number
locks-step-3 = Press “Activate” and sign with this lock in the window of the certificate assistant
locks-note = The unit names in the primary and the secondary lock must be the same, or the lock cannot be added.
locks-statement-title = The lock will sign this
locks-activate = Activate
locks-primary-only = You are signed in with a secondary lock and can only look. To add or remove a secondary lock, sign in with the primary lock.
locks-lost = If a lock is lost, report it to the issuing CA first, then contact the operators of the mutual-recognition system.
remove-lock-title = Remove the secondary lock
remove-lock-lead = Its sessions and the tokens of platforms end at once. The primary lock can activate it again later.
remove-lock-confirm = Remove
promote-lock-title = Make it the primary lock
promote-lock-lead = The present primary lock becomes a secondary lock. Insert the present primary lock and sign.
promote-lock-failed-title = The primary lock was not changed
promote-lock-statement-title = The present primary lock will sign this
promote-lock-sign = Sign and change the primary lock
consents-lead = What each trading platform may have. When you take a consent back, what the platform was given ends at once.
consents-none = There is no consent in force.
consents-since = Since
consents-last-used = Last used
consents-never-used = Not used yet
consents-revoke = Take back
consents-revoke-label = Take back the consent for { $platform }
consents-revoked = The consent for { $platform } was taken back.
revoke-consent-title = Take a consent back
revoke-consent-heading = Take back the consent for { $platform }
revoke-consent-lead = The platform can no longer read the following; the next sign-in there asks you again. If you are signed in at the platform, it is told to sign you out too; where it has no automatic sign-out, sign out there.
revoke-consent-confirm = Take back
history-lead = The last { $n } sign-ins of your enterprise; they stay on record for { $days } days. If one was not yours, end it under “Live sessions” at once and contact the issuing CA.
sessions-lead = Sign-ins of your enterprise that are live. Whoever is ended has to sign in with a lock again.
sessions-begun = Signed in
sessions-seen = Last seen
sessions-lock = Lock
sessions-address = Address
sessions-agent = Browser
sessions-stage = State
sessions-this = this one
sessions-end = End
sessions-end-others = End all others
sessions-end-all = End all and sign out
sessions-more = Only the last { $n } sign-ins are listed. The buttons below end those too that are not listed.
sessions-ended = It has ended.
sessions-note = “Last seen” is exact to the minute. Trading platforms that were entered are told to sign you out too; where one has no automatic sign-out, sign out there. A secondary lock can end its own sessions only.
session-live = Live
session-over = Timed out
session-signed-out = Signed out
session-replaced = Signed in again in the same browser
session-ended-by-enterprise = Ended by your enterprise
session-lock-ended = The lock ended or has a new certificate
session-ended-by-operator = Ended by an operator
problem-certificate-superseded = This lock has a newer certificate; the old one can no longer be used.
problem-certificate-superseded-advice = Choose the renewed certificate in the window of the certificate assistant. If it is not there, ask the issuing CA.
problem-certificate-name-outdated = The unit name in the certificate is the name before the change and can no longer be used.
problem-certificate-name-outdated-advice = The change of name is on record. Sign in with the certificate that bears the new name; if there is none yet, have it made at an office of the CA.
problem-not-primary-lock = Only the primary lock can manage locks.
problem-not-primary-lock-advice = Sign out and sign in with the primary lock.
problem-lock-already-active = This enterprise lock belongs to your enterprise already and can sign in.
problem-lock-already-active-advice = It need not be activated. If its certificate was renewed, simply sign in with the new one.
problem-lock-bound-elsewhere = This enterprise lock is bound to another enterprise and can be neither bound nor activated, nor sign in for this one.
problem-lock-bound-elsewhere-advice = See that the lock of your own enterprise is inserted. If it is, contact the operators of the mutual-recognition system.
problem-lock-ended-for-ever = This enterprise lock was reported lost or revoked and cannot be activated again.
problem-lock-ended-for-ever-advice = Obtain a new enterprise lock from the issuing CA.
problem-lock-name-differs = The unit names in the primary and the secondary lock differ; it cannot be activated.
problem-lock-name-differs-advice = Use an enterprise lock that bears the name of your enterprise. If the name has changed, have the change recorded first.
problem-lock-credit-code-differs = The unified social credit code in the certificate is not that of your enterprise; it cannot be activated.
problem-lock-credit-code-differs-advice = See that the lock of your own enterprise is inserted. If the certificate is wrong, have the issuing CA correct it.
problem-not-the-lock-signed-in = It was not the lock of this sign-in that signed; nothing was authorised.
problem-not-the-lock-signed-in-advice = Insert the lock that you signed in with and sign again. To use another lock, sign out first and sign in with that one.
problem-not-the-primary-signature = It was not the present primary lock that signed; the primary lock was not changed.
problem-not-the-primary-signature-advice = Insert the present primary lock and sign again. If it is lost, contact the operators of the mutual-recognition system.
problem-lock-unknown = There is no such secondary lock, or it is out of use.
problem-lock-unknown-advice = Go back to the list of locks, which is up to date.
problem-primary-lock-stays = The primary lock cannot be removed.
problem-primary-lock-stays-advice = To take it out of use, make a secondary lock the primary one first. If it is lost, report it to the issuing CA, then contact the operators of the mutual-recognition system.
problem-information-changed = The information was changed while you were filling in the form; nothing was saved.
problem-information-changed-advice = What you typed is still there. Check it and press “Save” again.
problem-information-unsaved = The system cannot save at the moment; nothing was saved.
problem-information-unsaved-advice = What you typed is still there. Press “Save” again in a while.
problem-information-stale = The session has ended or is another one by now; nothing was saved.
problem-information-stale-advice = What you typed is still there. If you are signed out, sign in in another tab, then come back and press “Save”.
problem-consent-not-in-force = There is no consent in force for this platform.
problem-consent-not-in-force-advice = It may have been taken back. Go back to the list of consents, which is up to date.
problem-session-unknown = There is no such session that you can end, or it has ended.
problem-session-unknown-advice = Go back to the list of live sessions, which is up to date.
statement-activate-lock = Our enterprise ({ $enterprise }) applies to activate this enterprise lock as its secondary lock for the CA mutual-recognition system of the public resource trading platforms of Inner Mongolia (Yizhengtong): { $origin }
statement-promote-lock = Our enterprise ({ $enterprise }) agrees that its secondary lock with the key number { $key } becomes the primary lock, and the present primary lock (key number { $primary }) a secondary lock: { $origin }
# Notifications: mail and text messages
notification-sign = [Yizhengtong]
notification-greeting = To { $enterprise }:
notification-footer = This mail was sent by the CA mutual recognition system (Yizhengtong) of the public resource trading platforms of Inner Mongolia. Please do not reply. We never ask for the PIN of a lock, for codes or for certificate files by mail or text message.
notification-not-you-mail = If this was not your company, sign in at { $origin } at once, look at “Locks” and “Live sessions” and end what is not yours, then contact the technicians of the CA mutual recognition system.
notification-not-you-call-mail = If this was not your company, sign in at { $origin } at once, look at “Locks” and “Live sessions” and end what is not yours, or call the technicians of the CA mutual recognition system: { $phone }.
notification-not-you-sms = If it was not you, sign in and look.
notification-not-you-call-sms = If it was not you, call { $phone }.
notification-renew-mail = Please have it renewed by its CA. Sign in once with the new certificate and the lock goes on; it need not be bound again.
notification-renew-sms = Please have it renewed by its CA.
notification-lock-bound-subject = A key lock was bound
notification-lock-bound-text = A key lock ({ $role }, key number ending in { $key }, { $ca }) was bound on { $when } and can sign in at the trading platforms.
notification-lock-bound-sms = The lock ending in { $key } was bound on { $short }.
notification-lock-activated-subject = A further key lock was activated
notification-lock-activated-text = A key lock ({ $role }, key number ending in { $key }, { $ca }) was activated on { $when } and can sign in at the trading platforms.
notification-lock-activated-sms = The lock ending in { $key } was activated on { $short }.
notification-lock-removed-subject = A key lock was removed
notification-lock-removed-text = The key lock ({ $role }, key number ending in { $key }, { $ca }) was removed on { $when }. Sessions that it had opened have ended.
notification-lock-removed-sms = The lock ending in { $key } was removed on { $short }.
notification-lock-lost-subject = A key lock was marked lost
notification-lock-lost-text = The key lock ({ $role }, key number ending in { $key }, { $ca }) was marked lost by a technician on { $when }. Sessions that it had opened have ended, and it can't be activated again.
notification-lock-lost-sms = The lock ending in { $key } was marked lost on { $short }.
notification-enterprise-renamed-subject = The change of name was applied
notification-enterprise-renamed-text = On { $when } the name was changed from “{ $old }” to “{ $new }”. Sessions that were live have ended. From now on, sign in with a certificate that bears the new name.
notification-enterprise-renamed-sms = The change of name was applied on { $short }; sign in with the new certificate.
notification-sign-in-new-place-subject = A sign-in from a new place
notification-sign-in-new-place-text = The key lock ({ $role }, key number ending in { $key }) signed in on { $when } from a network or browser not used lately: network { $network }, browser { $browser }.
notification-sign-in-new-place-sms = The lock ending in { $key } signed in from a new network or browser on { $short }.
notification-lock-expiring-subject = A lock’s certificate ends within { $days } days
notification-lock-expiring-text = The certificate of the key lock ({ $role }, key number ending in { $key }, { $ca }) ends on { $end }. After that it can’t sign in.
notification-lock-expiring-sms = The certificate of the lock ending in { $key } ends on { $end }.
platforms-notice = Please note:
platforms-maintenance-on = this platform is under maintenance, until about { $until }: { $text }
platforms-maintenance-ahead = this platform will be under maintenance from { $from } to { $until }: { $text }
platforms-trouble = since { $since } this platform may not work. You can still choose it; if you do not get in, try again later or ask the platform.

## Receipts

receipt-title = Check a consent receipt
receipt-lead = A receipt shows what an enterprise allowed a platform to have, with signatures and traces. Paste all of it below, or choose its file; each part is checked.
receipt-paste = The receipt
receipt-paste-hint = One text that begins with eyJ, in three parts divided by dots. Nothing of what you paste is kept.
receipt-check = Check
receipt-file = Or its file
receipt-file-hint = The file consent-receipt.jws as it was downloaded. Nothing of it is kept.
receipt-check-file = Check the file
receipt-own-words = This page checks by Yizhengtong’s own keys and CA registry. In a dispute do not rely on it: check offline with tools of your own and CA certificates that you obtained yourself, as the documentation says.
receipt-good = The receipt holds
receipt-incomplete = Nothing is wrong, and not everything could be checked
receipt-bad = The receipt does not hold
receipt-withdrawn = This consent was taken back later.
receipt-passed = Passed
receipt-failed = Failed
receipt-unchecked = Not checked
receipt-says = The text it shows
receipt-signed-by-lock = Signed by the enterprise’s lock.
receipt-signed-by-provider = Attested by Yizhengtong; no lock signed.
receipt-given = consent given
receipt-taken-back = consent taken back
receipt-check-format = Format
receipt-check-jws = Signature of Yizhengtong
receipt-check-statement = The text is the one on record
receipt-check-content = The receipt says what the audit line says
receipt-check-lock-signature = Signature of the lock over the text
receipt-check-holder = The certificate names the enterprise
receipt-check-chain = Certificate path when it was signed
receipt-check-revocation = Not revoked when it was signed
receipt-check-inclusion = The consent is in the audit log
receipt-check-checkpoint = Signature of the audit log
receipt-check-withdrawal = The withdrawal is in the audit log
consents-receipt = Download the receipt
consents-receipt-label = Download the receipt of the consent for { $platform }
consents-check-receipt = Check a receipt
problem-receipt-unknown = There is no receipt of this consent.
problem-receipt-unknown-advice = Choose a consent on the page of your consents. Those of before receipts were kept have none; after the next sign-in at the platform there is one.
problem-receipt-no-file = No file was chosen.
problem-receipt-no-file-advice = Go back, choose the file of the receipt, and check it.
problem-receipt-not-yet = The consent was recorded a moment ago; its receipt is not ready yet.
problem-receipt-not-yet-advice = Download it in a minute or two.
