"""Made-up people of many languages, and how Excel in that language writes them as CSV."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Export:
    """What a spreadsheet of one language holds."""

    encoding: str
    """Python's name of what Excel writes there."""
    header: str
    people: str
    """First and last names, with commas between them."""

    def rows(self, count: int | None = None, *, start: int = 0) -> list[str]:
        """So many people, from one of them on, each with a number."""
        people = [person.strip() for person in self.people.replace("\n", " ").split(",")]
        people = (people[start:] + people[:start])[:count]
        return [f"{';'.join(person.split(' ', 1))};+49 172 555{number:04d}" for number, person in enumerate(people)]

    def text(self, count: int | None = None, *, start: int = 0) -> str:
        """A table with its header."""
        return "".join(f"{row}\r\n" for row in (self.header, *self.rows(count, start=start)))


EXPORTS = {
    "German": Export(
        "cp1252",
        "Vorname;Nachname;Telefon",
        """Jürgen Groß, Zoë Weiß, Änne Kurz, Jörg Müller, Günther Schäfer, Björn Böhm, Anna Schmidt, Käthe Jäger, Rüdiger Köhler,
        Sören Krüger, Uwe Bauer, Bärbel Größler, Hannelore Möller, Götz Vogel, Öznur Lang, Mäxchen Süß, Ulla Strauß""",
    ),
    "French": Export(
        "cp1252",
        "Prénom;Nom;Téléphone",
        """Zoé Lefèvre, Gaël Œuvré, Anaïs Noël, François Bérenger, Hélène Dupont, Jérôme Gagné, Benoît Hébert, Loïc Maître,
        Céline Gauthier, Aurélie Bénard, Thérèse Forêt, Raphaël Garçon, Maëlys Lemaître, Noémie Châtelain, Agnès Crêpin""",
    ),
    "Spanish": Export(
        "cp1252",
        "Nombre;Apellido;Teléfono",
        """José García, María Núñez, Ángel Muñoz, Sofía Peña, Íñigo Ibáñez, Begoña Gutiérrez, Jesús Fernández, Andrés Nuño,
        Rocío Cañas, Inés Ordóñez, Raúl Zúñiga, Mónica Castañeda, Óscar Núñez de Balboa, Lucía Martínez, Toño Briceño""",
    ),
    "Portuguese": Export(
        "cp1252",
        "Nome;Apelido;Telemóvel",
        """João Gonçalves, Conceição Magalhães, Inês Araújo, Antônio Simões, Luís Falcão, Sebastião Brandão, Mário Guimarães,
        Cláudia Assunção, Patrícia Lourenço, Estêvão Leitão, Luísa Colaço, Tomé Conceição, Zé Mourão, Ângela Camões""",
    ),
    "Italian": Export(
        "cp1252",
        "Nome;Cognome;Località;Cellulare",
        """Niccolò Bardò, Nicolò Pezzè, Maria Rossi, Aimé Cefalù, Noè Nicolò, Giosuè Mosè, Luca Forlì, Desirée Cantù""",
    ),
    "Swedish": Export(
        "cp1252",
        "Förnamn;Efternamn;Mobil",
        """Åsa Öberg, Björn Sjögren, Märta Lindström, Göran Ström, Håkan Åkesson, Jörgen Nordström, Örjan Hägg, Pär Löfgren,
        Kerstin Bäckström, Ängla Sjöberg, Lars Åström, Gösta Ångström""",
    ),
    "Danish": Export(
        "cp1252",
        "Navn;Efternavn;By;Mobil",
        """Søren Kjær, Bjørn Møller, Åse Sørensen, Jørgen Hansen, Asbjørn Nørgaard, Bøje Skjøde, Kåre Østergaard, Ærenlund Krag,
        Jens Højgaard, Gørild Brøndum, Lærke Bæk, Pia Grønkjær""",
    ),
    "Norwegian": Export(
        "cp1252",
        "Fornavn;Etternavn;Mobil",
        """Øyvind Bjørnstad, Åse Hægeland, Kåre Sæther, Bjørg Ødegård, Pål Strømme, Håvard Gjøvik, Tønnes Bråthen, Sølvi Bø,
        Øystein Næss, Ingebjørg Åsen, Jøran Håland""",
    ),
    "Finnish": Export(
        "cp1252",
        "Etunimi;Sukunimi;Matkapuhelin",
        """Päivi Mäkinen, Väinö Hämäläinen, Jämä Öhman, Pentti Jääskeläinen, Tyyne Räsänen, Aino Mäkelä, Yrjö Lähdesmäki""",
    ),
    "Icelandic": Export(
        "cp1252",
        "Nafn;Eftirnafn;Sími",
        """Guðrún Jónsdóttir, Þór Sigurðsson, Ólafur Þórðarson, Sigríður Friðriksdóttir, Ásgeir Guðmundsson, Þóra Æsdóttir,
        Ragnheiður Gísladóttir, Höskuldur Örn""",
    ),
    "Dutch": Export(
        "cp1252",
        "Voornaam;Achternaam;Mobiel",
        """Zoë de Vries, André Jansen, Chloë Bakker, Jan Smit, Daniël Mulder, Renée Visser, Noël de Wit, Piet Ruijgrök""",
    ),
    "English": Export(
        "cp1252",
        "First name;Last name;Phone",
        """Zoë Smith, Ann Lee, Renée Poe, Ben O’Neil, Siân Jones, André Brown, Chloë Hall, Seán Byrne""",
    ),
    "Polish": Export(
        "cp1250",
        "Imię;Nazwisko;Telefon komórkowy",
        """Łukasz Wałęsa, Małgorzata Kowalska, Paweł Wójcik, Agnieszka Wiśniewska, Grażyna Dąbrowska, Stanisław Zieliński,
        Elżbieta Szymańska, Jan Woźniak, Bożena Jabłońska, Michał Krawczyk, Żaneta Głowacka, Zdzisław Gołąb, Józef Kaźmierczak""",
    ),
    "Czech": Export(
        "cp1250",
        "Jméno;Příjmení;Telefon",
        """Jiří Novák, Tereza Svobodová, Zdeněk Dvořák, Věra Černá, Ondřej Procházka, Kateřina Kučerová, Šárka Růžičková,
        Luděk Němec, Božena Říhová, Žaneta Křížová, Matěj Šťastný, Jindřich Beneš, Alžběta Vaňková""",
    ),
    "Slovak": Export(
        "cp1250",
        "Meno;Priezvisko;Telefónne číslo",
        """Ľudovít Štúr, Božena Kováčová, Ľubomír Hlaváč, Žofia Ďurišová, Matúš Kňažko, Zdenka Šoltésová, Jozef Ďuriš""",
    ),
    "Hungarian": Export(
        "cp1250",
        "Vezetéknév;Keresztnév;Mobiltelefon",
        """Szőke László, Nagy Erzsébet, Kovács Gergő, Tóth Ágnes, Fűzes Zsófia, Szűcs Ernő, Lőrincz Győző, Gödöllői Dezső,
        Erdős Benő, Hűvös Jenő""",
    ),
    "Romanian": Export(
        "cp1250",
        "Prenume;Nume;Oraş;Telefon",
        """Ştefan Ionescu, Mădălina Popescu, Răzvan Pătraşcu, Ioana Ţurcanu, Cătălin Bălan, Anişoara Năstase, Traian Băsescu,
        Viorica Dăncilă, Horaţiu Mălăele, Iuliana Şerban""",
    ),
    "Croatian": Export(
        "cp1250",
        "Ime;Prezime;Mobitel",
        """Željko Horvat, Ivana Kovačević, Krešimir Babić, Đurđa Marić, Siniša Jurić, Nikša Šimić, Tomislav Božić,
        Snježana Čović, Mišo Grgić, Dražen Petrović""",
    ),
    "Russian": Export(
        "cp1251",
        "Имя;Фамилия;Телефон",
        """Анна Иванова, Пётр Кузнецов, Ольга Смирнова, Дмитрий Попов, Екатерина Соколова, Юрий Щербаков, Наталья Ефимова""",
    ),
    "Ukrainian": Export(
        "cp1251",
        "Ім'я;Прізвище;Мобільний",
        """Олена Шевченко, Ігор Їжакевич, Наталія Бондаренко, Андрій Ткаченко, Оксана Мельник, Євген Гончарук""",
    ),
    "Greek": Export(
        "cp1253",
        "Όνομα;Επώνυμο;Κινητό",
        """Γιώργος Παπαδόπουλος, Μαρία Νικολάου, Κώστας Δημητρίου, Ελένη Ιωάννου, Ανδρέας Χριστοδούλου, Ζωή Ράπτη""",
    ),
    "Turkish": Export(
        "cp1254",
        "Adı;Soyadı;Cep Telefonu",
        """İpek Yılmaz, Oğuz Şahin, Çağla Gül, Ayşe Yıldırım, Mehmet Öztürk, Işıl Doğan, Uğur Çetin, Tuğba Kılıç, Barış Koç,
        Şule Aydın, Gökçe Aslan, Yiğit Şimşek""",
    ),
    "Hebrew": Export(
        "cp1255",
        "שם פרטי;שם משפחה;טלפון נייד",
        """דוד כהן, שרה לוי, משה מזרחי, רחל פרץ, יוסף ביטון, נועה אברהם, איתי פרידמן""",
    ),
    "Arabic": Export(
        "cp1256",
        "الاسم;اسم العائلة;الهاتف الجوال",
        """محمد العلي, فاطمة حسن, أحمد الزهراني, نورة القحطاني, خالد إبراهيم, عائشة السيد""",
    ),
    "Japanese": Export(
        "cp932",
        "姓;名;携帯電話",
        """山田 太郎, 佐藤 花子, 鈴木 一郎, 高橋 めぐみ, 渡辺 健, 伊藤 ソニア, 曽根 能子""",
    ),
    "Korean": Export(
        "cp949",
        "이름;성;휴대폰",
        """철수 김, 영희 이, 민준 박, 지우 최, 수빈 정, 하늘 강""",
    ),
    "Chinese": Export(
        "gb18030",
        "名;姓;手机号码",
        """伟 王, 娜 李, 敏 张, 洋 刘, 静 陈, 建国 赵, 丽华 周""",
    ),
    "Chinese of Taiwan": Export(
        "cp950",
        "名;姓;手機",
        """怡君 陳, 志明 林, 淑芬 黃, 家豪 張, 雅婷 李, 建宏 許, 俊傑 蔡""",
    ),
}  # fmt: skip
