# The guide’s frequently asked questions. Both languages have the same entries in the same order.

faq-1-question = A bidder is registered and approved at the Chifeng public resource trading centre. Does it need another review in Hohhot before bidding there?
faq-1-answer = Mutual recognition covers CA locks only, not yet the bidder’s information. A bidder that is approved in Chifeng and signs in to Hohhot for the first time registers there and is reviewed as the Hohhot trading centre requires.
faq-2-question = Can a legal-person lock be used to bid across platforms?
faq-2-answer = Legal-person locks do not support bidding across platforms. Please use the enterprise lock.
faq-3-question = While binding, the system says that the unified social credit code is already in use. What now?
faq-3-answer = Another CA lock of your company is already bound. Find that lock within your company, then add the other lock as a secondary lock as question 8 describes.
faq-4-question = Can a CA lock obtained outside the autonomous region be used?
faq-4-answer = No. The CA certificate must have been obtained inside the Inner Mongolia Autonomous Region.
faq-5-question = Signing in fails with “initialising the choice of signing certificates failed”. What now?
faq-5-answer = Make sure that the certificate assistant and the CA lock’s driver are installed and running. Run the check and follow the repairs that it offers.
faq-6-question = The bidder’s name has changed. How can the system be used?
faq-6-answer = Three steps: 1. Change your information at each trading platform and have it approved. 2. Have the name in the certificate changed by the CA. 3. Take the documents to the Inner Mongolia Government Procurement Centre (office 515, 89 Hulunbuir North Road, Xincheng District, Hohhot) to have your record changed.
faq-7-question = The PIN of the CA lock is forgotten. What now?
faq-7-answer = Have it reset by the certificate authority that issued the lock. The check shows how many tries are left.
faq-8-question = Our company has two or more CA locks. How can all of them be used?
faq-8-answer = 1. Sign in with the lock that was bound first (the primary) and open your information page. 2. Choose to change it and take the primary lock out. 3. Insert the other lock, read its certificate, and activate it when its key number and media number are shown. Both locks must carry the same unit name.
faq-9-question = How does a bidder unbind a secondary lock itself?
faq-9-answer = Sign in with the primary lock, open your information page, choose to change it, and delete the lock’s line in the list of bound certificates.
faq-10-question = The only CA lock is lost. How is it unbound?
faq-10-answer = Report the loss to the certificate authority first, then contact the technical staff of the sign-in system to have your record changed.
faq-11-question = Signing in says “this certificate has been revoked, please contact the issuing CA”. What now?
faq-11-answer = Your certificate may have expired or been reported lost. The certificate authority that issued it can tell you more.
faq-12-question = Who helps with daily questions of a trading platform (registration, encryption, tender documents, upload)?
faq-12-answer = Please ask the technical support of that platform.
