"""Sentences for the screening, by what must come of them; all of them made up."""

EVENTS = """\
Patient developed petechiae and easy bruising on both legs.
pt c/o severe HA and SOB since infusion
Pt's platelets dropped to 18k
Creatinine has been rising, 2.1 now
She passed away last week
Pt was hospitalized 3/4 for pneumonia
No improvement in rash
No known allergies; developed hives
NKDA, rash on trunk
No relief with Benadryl, hives worse
rash not resolved
bruising has not improved
Coughing up blood
urine is cola-colored; dark urine x 2 days
dx with Graves
Grave's disease
new lump on her neck
hoarse voice x 3 weeks
pt is pregnant
miscarriage in May
stroke on day 2 of infusion
Lost 20 lbs since last visit
patient reports feeling cold all the time
infusion stopped early due to hypotension
No fever but has chills
Denies fever. Rash on arms.
No rash Monday, then hives Tuesday
history of hives, now has rash after infusion
recent history of melanoma
cannot rule out stroke
can't rule out ITP
r/o ITP
melanoma in situ excised 2/2026
possible ITP
suspected anti-GBM disease
heavier than normal menstrual bleeding
swollen eyes and weight gain
thrornbocytopenia
petechlae on shins
ITP
Adverse event: anaphylaxis during infusion
Reporting adverse event to REMS: pt had anaphylaxis
Pt asks if rash is normal
no longer has rash
not feeling well, dizzy
Not only fever but also rash
no other complaints, headache x2 days
this fax is to report that the patient died
platelets low
(+) rash
rash +
Rash: yes
Rash: yes, fever: no
Rash: no Bruising: yes
side effects: nausea
Rash - no fever
rash no fever
without treatment the bleeding got worse
patient was unable to tolerate infusion, vomiting
elevated LFTs
No fever, rash noted on arms
No problems after infusion, rash next day
developed fever, rash: none
Coverage denied. Rash
PA denied, rash noted
does not deny rash
signs of infection on exam
Any side effects? Yes, hives
throm-\\nbocytopenia since March
Pt states she bruises easily since January
Seen in ED 2/14 for chest tightness during infusion #2
Ms. Doe was found to have a papillary thyroid CA
We wish to inform you that Mr. X is deceased
TSH < 0.01 - started methimazole for Graves
has had nosebleeds almost daily
plt count 12, started on steroids
Pt reports feeling palpitations, no chest pain
denies CP but endorses dyspnea
Rash resolved with Benadryl
hives resolved
c/o tingling and weakness R arm, CT neg for bleed
Developed shingles last month
Patient had a mole removed, path: melanoma
Not able to complete day 3 - severe headache and vomiting
she has been hospitalised twice
please call re: possible reaction to drug
urinalysis shows protein and blood in urine
pt is 8 wks pregnant
Positive for thyroid antibodies, goiter on exam
Renal biopsy scheduled, creat doubled
biopsy proven membranous nephropathy
Bleeding gums x1 wk, no fever
new dx lymphoma
Could this be ITP?
fell and has large bruises
Neck swelling, trouble swallowing
allergic reaction day 1
Denies pain. Fever 101.5 last night
ER visit for syncope
no fever, chills; +rash
Husband reports pt passed out at home
liver enzymes are up
patient discontinued due to side effects
neutropenic, ANC 400
platelets: 45,000
PLT 8K
Rash - none of the creams helped""".splitlines()
"""Each is a possible adverse event; a sentence that is in doubt counts as one."""

NO_EVENTS = """\
Rash: none
Bruising - absent
Fever (-)
Fever (neg)
w/o rash
Patient is w/o fever or chills.
no rash
neither rash nor fever
chest pain denied
Chest pain, dyspnea and rash were denied.
Denies fever, chills, rash
Patient denies any bruising, petechiae, or bleeding.
Pt denied SOB
No evidence of ITP
No signs or symptoms of infection
negative for melanoma
Has not had any infusion reactions
hasn't experienced any side effects
hasn\u2019t experienced any side effects
No adverse events reported.
No adverse events to report
no AEs
Any side effects? No
Any bruising or bleeding?  None
Adverse events: None
Hospitalizations: 0
Rash: N   Fever: N
Rash: no Fever: no
Fever, chills, rash: none
never had a stroke
ITP was ruled out
There was no bleeding, bruising or petechiae.
She is not having any headaches
Patient did not develop hives
No hx of cancer
no new rash, fever or chills
free of infection
Rash/hives: none
Patient is doing well, no complaints, no fevers
Pregnancy: n/a
Patient is not pregnant
Pregnancy test negative
pt denles rash
Denies: fever, cough,\\nheadache
No thyroid problems.
No complaints of chest pain
Memorial Cancer Center
Stroke Institute of Ohio
Flu shot given
Please fax back page 2, the signature is missing
Attached: patient status form, month 12
Report suspected adverse events to Genzyme Medical Information at 1-800-745-4447 (option 2)
or to FDA at 1-800-FDA-1088 or www.FDA.gov/medwatch
CONFIDENTIALITY NOTICE: this fax contains confidential information about a stroke or death.
LEMTRADA can cause serious infusion reactions and stroke
Because of the serious risks of autoimmunity, stroke and malignancies, LEMTRADA is restricted.
No c/o bruising or bleeding
ROS: negative for fever, chills, rash, dyspnea
Pt tolerated infusion well w/o reaction
Infusion completed without incident, no hypotension, no hives
No interval hospitalizations, infections or ER visits
Bleeding: No    Bruising: No    Rash: No
Denies bruising/bleeding/petechiae
no known malignancy
Skin check: no suspicious lesions, no melanoma
Patient has not been hospitalized since last visit
Patient reports no side effects
No thyroid disease, no ITP, no nephropathy
has had no infusion reactions to date
not experiencing any shortness of breath
Stroke symptoms: denies
pt. denies any chest pain or SOB
Adverse events since last report - none
No s/s of bleeding
Pt doing great, continues on monthly labs
Please send the prescriber enrollment confirmation to our office
No evidence of disease activity or infection
rash absent, fever absent
platelets 244
Platelets checked 3/12/2026, normal""".splitlines()

MENTIONS = """\
monitor for ITP
Counseled on risk of stroke and infection
signs of infusion reaction were explained
Family history of thyroid cancer
hx of melanoma 2012
h/o hypothyroidism
Patient instructed to report any rash or bruising
Will watch for signs of infection
PMH: hypertension, migraines
Patient aware of risk of ITP, thyroid disorders and anti-GBM disease""".splitlines()
"""Conditions told as history or as a risk."""

BROCHURE = """\
immune thrombocytopenia; neutropenia; hemolytic anemia; pancytopenia; cytopenia; thyroid disorder
glomerular nephropathy; easy bruising; petechiae; mucocutaneous bleeding; epistaxis; hemoptysis
heavier than normal menstrual bleeding; irregular menstrual bleeding; purpura under the tongue
excessive bruising; weakness; chest pain; jaundice; dark urine; tachycardia; severe bleeding
anti-glomerular basement membrane (anti-GBM) disease; anti-GBM disease; renal failure; dialysis
kidney transplantation; elevation in serum creatinine; hematuria; proteinuria; alveolar hemorrhage
nephropathies; Graves' disease; Graves\u2019 disease; hyperthyroidism; hypothyroidism
excessive sweating; unexplained weight loss; eye swelling; nervousness; fast heartbeat
unexplained weight gain; feeling cold; worsening tiredness; constipation; neonatal Graves' disease
infusion reaction; anaphylaxis; anaphylactic shock; angioedema; bronchospasm; hypotension; bradycardia
atrial fibrillation; transient neurologic symptoms; hypertension; headache; pyrexia; rash; nausea
urticaria; pruritus; insomnia; chills; flushing; fatigue; dyspnea; pulmonary infiltrates; dysgeusia
dyspepsia; dizziness; pain; thyroid cancer; melanoma; melanoma in situ; lymphoproliferative disorder
lymphoma; MALT lymphoma; Castleman's Disease; Burkitt's lymphoma
Epstein Barr Virus-associated lymphoproliferative disorder; new lump in the neck; swelling in the neck
pain in the front of the neck; persistent hoarseness; voice changes; trouble swallowing
trouble breathing; constant cough; herpetic viral infection; malignancy; autoimmune condition
purple spots under the skin; death; fatality; received epinephrine""".replace("\n", "; ").split("; ")
"""Every condition, symptom and sign that the brochure names."""
