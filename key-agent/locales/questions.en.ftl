# The guide’s frequently asked questions, word for word as on the provider’s help page (a test compares them). Both languages have the same entries in the same order.

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
