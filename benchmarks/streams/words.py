"""Words that are spelled letter by letter: those that settings were chosen on, and 200 others."""

from __future__ import annotations

_CHOSEN_ON = """
apple bottle candle dinner eleven funny garden hammer island jungle kitchen little mirror number
object puzzle quarter rabbit summer ticket umbrella village window exit yellow zebra juice prize
book coffee
"""
_ASKED = """
about above across after again age air all almost alone along also always animal answer any area
arm arrive ask away baby back bad bag ball bank bath beach bed before begin behind bell below best
better big bird black blue boat body bone bowl box boy brave bread break bridge bring brother
brown build bus busy butter buy cake call camera car card care cat chair cheese child city class
clean clock cloud coat cold color cook corner country cousin cup dance dark day deep desk doctor
dog door dream dress drink drive dry early earth east easy eat egg eight empty enjoy enough
evening every eye face fall family farm fast father feet few field fire first fish five floor
flower fly food foot forest four fox fresh friend fruit full game gift girl give glass good grass
great green group grow hair half hand happy hard hat head heart hello help hill home horse hot
hour house jacket jazz jeans job join joke jump just key king knee knife lazy quick quiet queen
school sister size sleep small smile snow soft song soup spoon spring star stone story street van
vote water wax week white zero zoo
"""

CHOSEN_ON = tuple(_CHOSEN_ON.split())
"""30 words on which settings of the speller were chosen."""

ASKED = tuple(_ASKED.split())
"""200 everyday words, with J, Q, X and Z more often than in English."""
